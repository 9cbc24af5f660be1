package org.netcachefs.daemon.upstream.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.netcachefs.fuse.MountEntry;

class TraitsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rw,cache=loose,trans=virtio",
                "rw,cache=fscache,cachetag=x",
                "rw,loose",
                "rw,access=client,cache=f,trans=virtio",
                "rw,cache=8f",
                "rw,cache=0x2"
            })
    void ninePWithAMetadataCache_cannotBeAsked(String options) {
        assertThat(traits("9p", options).checks()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rw,trans=virtio",
                "rw,cache=none",
                "rw,cache=mmap",
                "rw,cache=5",
                "rw,cache=readahead",
                "rw,cache=1"
            })
    void otherNineP_canBeAsked(String options) {
        assertThat(traits("9p", options).checks()).isTrue();
    }

    @Test
    void otherFileSystems_canBeAsked() {
        assertThat(traits("nfs4", "rw,vers=4.2,nocto").checks()).isTrue();
        assertThat(traits("cifs", "rw,cache=loose").checks()).isTrue();
        assertThat(traits("ext4", "rw").checks()).isTrue();
    }

    @Test
    void handlesOfFuseAnd9p_areNotPersistent() {
        assertThat(traits("fuse", "rw").persistentHandles()).isFalse();
        assertThat(traits("fuse.sshfs", "rw").persistentHandles()).isFalse();
        assertThat(traits("9p", "rw").persistentHandles()).isFalse();
        assertThat(traits("nfs4", "rw").persistentHandles()).isTrue();
        assertThat(traits("ext4", "rw").persistentHandles()).isTrue();
    }

    @Test
    void namesMayBeOld_exceptOnLocalFileSystems() {
        assertThat(traits("ext4", "rw").cachesNames()).isFalse();
        assertThat(traits("nfs4", "rw").cachesNames()).isTrue();
        assertThat(traits("whatever", "rw").cachesNames()).isTrue();
    }

    @Test
    void attributesAreFreshAfterAChange_onNfsFuseAndLocalFileSystems() {
        for (String type : new String[] {"nfs", "nfs4", "fuse", "fuse.sshfs", "fuseblk", "ext4", "xfs", "tmpfs"}) {
            assertThat(traits(type, "rw").isFreshAfterChange()).as(type).isTrue();
        }
        for (String type : new String[] {"cifs", "smb3", "9p", "ceph", "virtiofs", "fusectl", ""}) {
            assertThat(traits(type, "rw").isFreshAfterChange()).as(type).isFalse();
        }
    }

    private static Traits traits(String type, String superOptions) {
        return Traits.of(new MountEntry(1, 0, 0, 50, "/", "/mnt", "rw", type, "source", superOptions), 0);
    }
}
