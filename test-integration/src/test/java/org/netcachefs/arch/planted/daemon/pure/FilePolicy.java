package org.netcachefs.arch.planted.daemon.pure;

import java.nio.file.Path;

/** Violation: knows files. */
public interface FilePolicy {
    boolean keep(Path file);
}
