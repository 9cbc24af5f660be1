package org.netcachefs.arch.planted.daemon;

import ch.qos.logback.classic.Level;

/** Violation: the logging implementation. */
public interface NamesLogback {
    void set(Level level);
}
