package org.netcachefs.arch.planted.daemon.pure;

import java.nio.channels.FileChannel;

/** Not a value. */
public interface Helper {
    FileChannel channel();
}
