package org.netcachefs.daemon.upstream.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.store.ObjectKey;

/** On the mounts every Linux machine has: /proc without handles, /sys, whatever is the root. */
class IdentitiesTest {
    @Test
    void withoutHandles_inodeAndBirthTimeIdentify() throws ErrnoException {
        UpstreamTree proc = SyscallTree.open(Path.of("/proc"));
        try (PathHandle version = proc.open(proc.root(), FileName.of("version"));
                PathHandle uptime = proc.open(proc.root(), FileName.of("uptime"))) {
            ObjectKey key = proc.status(version, true).identity();
            assertThat(key.bytes()).startsWith(2).hasSize(21);
            assertThat(proc.status(version, false).identity()).isEqualTo(key);
            assertThat(proc.status(uptime, true).identity()).isNotEqualTo(key);
        } finally {
            proc.close();
        }
    }

    @Test
    void onAnotherMount_theMountIsPartOfTheIdentity() throws ErrnoException {
        UpstreamTree root = SyscallTree.open(Path.of("/"));
        UpstreamTree proc = SyscallTree.open(Path.of("/proc"));
        try (PathHandle below = root.open(root.root(), FileName.of("proc"));
                PathHandle version = root.open(below, FileName.of("version"));
                PathHandle same = proc.open(proc.root(), FileName.of("version"))) {
            UpstreamStatus seenFromRoot = root.status(version, true);
            UpstreamStatus seenFromProc = proc.status(same, true);
            assertThat(seenFromRoot.attributes().inode())
                    .isEqualTo(seenFromProc.attributes().inode());
            assertThat(seenFromRoot.mountId()).isEqualTo(seenFromProc.mountId());
            assertThat(seenFromRoot.identity().bytes()).startsWith(0x12).hasSize(29);
            assertThat(seenFromRoot.mountId())
                    .isNotEqualTo(root.status(root.root(), true).mountId());
            assertThat(root.status(version, false).identity()).isEqualTo(seenFromRoot.identity());
        } finally {
            root.close();
            proc.close();
        }
    }
}
