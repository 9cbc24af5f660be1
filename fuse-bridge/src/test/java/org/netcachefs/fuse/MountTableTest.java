package org.netcachefs.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
    private static final String SAMPLE = """
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
            23 22 0:21 / /proc rw,nosuid - proc proc rw
            30 22 0:40 /export /mnt/with\\040blank rw,relatime shared:7 master:2 - nfs4 host:/a\\134b rw,vers=4.2
            31 22 0:41 / /mnt/caché rw - fuse.netcachefs /up\\011tab rw,user_id=0
            32 31 0:42 / /mnt/caché/sub rw - tmpfs tmpfs rw
            33 22 0:43 / /mnt/caché rw - fuse.other over rw
            34 22 0:44 / /mnt/cachéd rw - tmpfs tmpfs rw
            garbage
            35 22 x / /bad rw - tmpfs tmpfs rw
            """;

    private final MountTable table = MountTable.parse(SAMPLE.getBytes(StandardCharsets.UTF_8));

    @Test
    void parse_undoesEscapesAndSkipsOptionalFields() {
        assertThat(table.at(Path.of("/mnt/with blank")))
                .contains(new MountEntry(
                        30,
                        22,
                        0,
                        40,
                        "/export",
                        "/mnt/with blank",
                        "rw,relatime",
                        "nfs4",
                        "host:/a\\b",
                        "rw,vers=4.2"));
        assertThat(table.entries().get(3).source()).isEqualTo("/up\ttab");
    }

    @Test
    void parse_leavesOutWhatItDoesNotUnderstand() {
        assertThat(table.entries()).hasSize(7);
    }

    @Test
    void at_findsTheTopmostOfSeveral() {
        assertThat(table.at(Path.of("/mnt/caché"))).map(MountEntry::type).contains("fuse.other");
        assertThat(table.at(Path.of("/mnt"))).isEmpty();
    }

    @Test
    void holding_takesTheLongestMountPointWithoutMixingUpSiblings() {
        assertThat(table.holding(Path.of("/mnt/caché/sub/x")))
                .map(MountEntry::id)
                .contains(32);
        assertThat(table.holding(Path.of("/mnt/cachéd/x"))).map(MountEntry::id).contains(34);
        assertThat(table.holding(Path.of("/mnt/cachédx"))).map(MountEntry::id).contains(22);
        assertThat(table.holding(Path.of("/mnt/caché"))).map(MountEntry::id).contains(33);
    }

    @Test
    void below_listsMountsUnderADirectoryOnly() {
        assertThat(table.below(Path.of("/mnt/caché")))
                .extracting(MountEntry::id)
                .containsExactly(32);
        assertThat(table.below(Path.of("/mnt"))).extracting(MountEntry::id).containsExactly(33, 32, 34, 30);
    }

    @Test
    void read_findsProc() throws Exception {
        assertThat(MountTable.read().at(Path.of("/proc"))).map(MountEntry::type).contains("proc");
    }
}
