package org.netcachefs.fuse;

import java.util.Set;

/** A way to speak with the kernel. Thread-safe. */
public interface Transport {
    /** As in {@code --transport}. */
    String name();

    Set<Capability> capabilities();

    /**
     * Mounts and serves {@code fileSystem} on threads of its own; returns when a request through the mount was answered.
     *
     * @throws MountException with what went wrong and the remedy; nothing is left mounted
     */
    Mount mount(MountRequest request, FileSystem fileSystem) throws MountException;
}
