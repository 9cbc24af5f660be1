package org.netcachefs.fuse.internal.kernel;

import java.nio.file.Path;
import org.netcachefs.fuse.MountException;
import org.netcachefs.fuse.MountRequest;

/** A way to have a mount made. */
@FunctionalInterface
interface Mounter {
    /** Mounts; the descriptor of /dev/fuse by which the kernel sends its requests. */
    int mount(Path mountPoint, MountRequest request) throws MountException;
}
