package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;

class NetFileSystemTest {
    private Fixture fixture;
    private Client client;

    @BeforeEach
    void setUp() throws Exception {
        fixture = new Fixture();
        client = fixture.client;
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    @Test
    void read_twice_secondTimeAsksUpstreamForNoData() throws Exception {
        byte[] content = Fixture.bytes(700_000, 1);
        fixture.side.directory("d");
        fixture.oldFile("d/f", content);

        assertThat(client.read("d/f")).isEqualTo(content);
        fixture.drain();
        long before = fixture.upstreamBytes();
        assertThat(client.read("d/f")).isEqualTo(content);
        assertThat(fixture.upstreamBytes()).isEqualTo(before).isEqualTo(content.length);
    }

    @Test
    void lookup_again_isAnsweredFromRam() throws Exception {
        fixture.oldFile("f", Fixture.bytes(10, 1));
        client.walk("f");
        long before = fixture.upstream.faults().calls();
        client.walk("f");
        assertThat(fixture.upstream.faults().calls()).isEqualTo(before);
        fixture.clock.pass(Duration.ofSeconds(4));
        client.walk("f");
        assertThat(fixture.upstream.faults().calls()).isGreaterThan(before);
    }

    @Test
    void directoryOfAHundredThousandNames_isAnsweredFromRamTheSecondTime() throws Exception {
        fixture.side.directory("d");
        for (int i = 0; i < 100_000; i++) {
            fixture.side.file("d/f" + i, new byte[0]);
        }
        for (int i = 0; i < 100_000; i++) {
            client.walk("d/f" + i);
        }
        long before = fixture.upstream.faults().calls();
        for (int i = 0; i < 100_000; i++) {
            client.walk("d/f" + i);
        }
        assertThat(fixture.upstream.faults().calls()).isEqualTo(before);
    }

    @Test
    void attributes_unchanged_areBelievedLongerAndLonger() throws Exception {
        fixture.oldFile("f", Fixture.bytes(10, 1));
        client.stat("f");
        fixture.clock.pass(Duration.ofSeconds(4));
        client.stat("f");
        long before = fixture.upstream.faults().calls();
        fixture.clock.pass(Duration.ofSeconds(5));
        client.stat("f");
        assertThat(fixture.upstream.faults().calls()).isEqualTo(before);
        fixture.side.write("f", 0, new byte[20]);
        fixture.clock.pass(Duration.ofSeconds(2));
        assertThat(client.stat("f").size()).isEqualTo(20);
    }

    @Test
    void lookup_absentName_isRememberedOnlyInASettledDirectory() throws Exception {
        fixture.side.directory("d");
        assertThatThrownBy(() -> client.walk("d/x")).isInstanceOf(ErrnoException.class);
        fixture.side.file("d/x", new byte[1]);
        assertThat(client.stat("d/x").size()).isEqualTo(1);

        fixture.clock.pass(Duration.ofHours(1));
        assertThatThrownBy(() -> client.walk("d/y")).hasMessageContaining("ENOENT");
        long before = fixture.upstream.faults().count(Operation.OPEN);
        assertThatThrownBy(() -> client.walk("d/y")).hasMessageContaining("ENOENT");
        assertThat(fixture.upstream.faults().count(Operation.OPEN)).isEqualTo(before);
        fixture.clock.pass(Duration.ofSeconds(31));
        fixture.side.file("d/y", new byte[1]);
        assertThat(client.stat("d/y").size()).isEqualTo(1);
    }

    @Test
    void readdir_listsInBatchesWhatUpstreamHas() throws Exception {
        fixture.side.directory("d");
        for (int i = 0; i < 10; i++) {
            fixture.side.file("d/f" + i, new byte[i]);
        }
        assertThat(client.list("d")).hasSize(10).contains("f0", "f9");
        fixture.side.delete("d/f3");
        assertThat(client.list("d")).hasSize(9).doesNotContain("f3");
        fixture.clock.pass(Duration.ofHours(1));
        client.list("d");
        long before = fixture.upstream.faults().count(Operation.LIST);
        assertThat(client.list("d")).hasSize(9);
        assertThat(fixture.upstream.faults().count(Operation.LIST)).isEqualTo(before);
        assertThat(client.list("")).containsExactly("d");
    }

    @Test
    void inodeNumbers_areUniqueAndTheRootsIsOne() throws Exception {
        fixture.side.directory("d");
        fixture.side.file("d/f", new byte[1]);
        assertThat(client.getattr(1, -1).inode()).isEqualTo(1);
        assertThat(client.getattr(1, -1).type()).isEqualTo(FileType.DIRECTORY);
        assertThat(client.stat("d").inode())
                .isNotEqualTo(client.stat("d/f").inode())
                .isNotEqualTo(1);
        assertThat(client.walk("d/f").node()).isEqualTo(client.stat("d/f").inode());
    }

    @Test
    void everyChange_isRefused() throws Exception {
        fixture.side.file("f", new byte[1]);
        long node = client.walk("f").node();
        Client.Answered<org.netcachefs.fuse.Opened> write = new Client.Answered<>();
        fixture.files.open(Client.CALLER, node, new org.netcachefs.fuse.OpenFlags(2), write);
        assertThat(Client.errnoOf(write.value)).isEqualTo(Errno.EROFS);
        Client.Answered<Void> unlink = new Client.Answered<>();
        fixture.files.unlink(Client.CALLER, 1, FileName.of("f"), unlink);
        assertThat(Client.errnoOf(unlink.value)).isEqualTo(Errno.EROFS);
    }

    @Test
    void fifo_isShownAndNeverOpened() throws Exception {
        fixture.side.fifo("p");
        assertThat(client.stat("p").type()).isEqualTo(FileType.FIFO);
        assertThatThrownBy(() -> client.open("p")).hasMessageContaining("ENXIO");
        assertThat(fixture.upstream.faults().count(Operation.OPEN_DATA)).isZero();
    }

    @Test
    void flush_dropsContentAndKernelPages_withoutUpstream() throws Exception {
        byte[] content = Fixture.bytes(5_000, 1);
        fixture.side.directory("d");
        fixture.oldFile("d/f", content);
        client.read("d/f");
        fixture.drain();
        client.read("d/f");
        try (Client.Open open = client.open("d/f")) {
            assertThat(open.opened.keepsCache()).isTrue();
        }
        long calls = fixture.upstream.faults().calls();
        assertThat(fixture.files.pathSummary(path("d", "f")).orElseThrow().cachedBytes())
                .isEqualTo(5_000);
        assertThat(fixture.files.flush(path("d"))).isTrue();
        assertThat(fixture.files.pathSummary(path("d", "f")).orElseThrow().cachedBytes())
                .isZero();
        assertThat(fixture.upstream.faults().calls()).isEqualTo(calls);
        try (Client.Open open = client.open("d/f")) {
            assertThat(open.opened.keepsCache()).isFalse();
        }
        assertThat(client.read("d/f")).isEqualTo(content);
        assertThat(fixture.upstreamBytes()).isEqualTo(2 * 5_000);
    }

    @Test
    void summaryOfADirectory_isTheSumOfTheFilesBelow() throws Exception {
        fixture.side.directory("d");
        fixture.side.directory("d/sub");
        fixture.side.file("d/f", Fixture.bytes(5_000, 1));
        fixture.side.file("other", Fixture.bytes(7_000, 1));
        fixture.oldFile("d/sub/g", Fixture.bytes(3_000, 1));
        client.read("d/f");
        client.read("other");
        client.stat("d/sub/g");
        fixture.drain();
        PathSummary summary = fixture.files.pathSummary(path("d")).orElseThrow();
        assertThat(summary.cachedBytes()).isEqualTo(5_000);
        assertThat(summary.below()).isEqualTo(new PathSummary.Below(2, 1, 8_000));
        assertThat(summary.validity()).isEqualTo(PathSummary.Validity.VALID);
    }

    @Test
    void pathNothingIsKnownOf_isAbsentIfUpstreamSaysSo() throws Exception {
        fixture.side.directory("d");
        fixture.oldFile("d/f", Fixture.bytes(10, 1));
        assertThat(fixture.files.flush(path("d", "f"))).isFalse();
        assertThat(isAbsent("d", "f")).isFalse();
        assertThat(isAbsent("d", "none")).isTrue();
        assertThat(isAbsent("none", "f")).isTrue();
        assertThat(isAbsent("d", "f", "below")).isTrue();
        assertThat(isAbsent()).isFalse();
    }

    private boolean isAbsent(String... names) throws Exception {
        return Client.get(fixture.files.isAbsent(path(names)).toCompletableFuture());
    }

    @Test
    void statfs_ofAHungUpstream_isAnsweredWithWhatIsKnown() throws Exception {
        fixture.upstream.faults().hang(Operation.STATFS);
        Client.Answered<org.netcachefs.fuse.FileSystemStatus> reply = new Client.Answered<>();
        fixture.files.statfs(Client.CALLER, 1, reply);
        assertThat(Client.get(reply.value).nameLength()).isEqualTo(255);
    }

    @Test
    void rootOfAHungUpstream_isStillShownAndOpened() throws Exception {
        fixture.upstream.faults().hang();
        fixture.clock.pass(Duration.ofHours(1));
        assertThat(client.getattr(1, -1).isDirectory()).isTrue();
        Client.Answered<org.netcachefs.fuse.Opened> opened = new Client.Answered<>();
        fixture.files.opendir(Client.CALLER, 1, org.netcachefs.fuse.OpenFlags.READ, opened);
        long handle = Client.get(opened.value).handle();
        fixture.files.releasedir(1, handle, new Client.Answered<>());
    }

    @Test
    void listing_whileTheCircuitIsOpen_isTheLastOne() throws Exception {
        fixture.side.directory("d");
        fixture.side.file("d/f", new byte[1]);
        assertThat(client.list("d")).containsExactly("f");
        fixture.calls.open();
        assertThat(client.list("d")).containsExactly("f");
        fixture.side.delete("d/f");
        fixture.calls.closeCircuit();
        assertThat(client.list("d")).isEmpty();
    }

    @Test
    void readlink_again_isAnsweredFromRam_untilTheLinkChanges() throws Exception {
        fixture.side.symlink("l", "there");
        fixture.clock.pass(Duration.ofHours(1));
        assertThat(readlink("l")).isEqualTo("there");
        long before = fixture.upstream.faults().count(Operation.READLINK);
        assertThat(readlink("l")).isEqualTo("there");
        assertThat(fixture.upstream.faults().count(Operation.READLINK)).isEqualTo(before);
        fixture.side.delete("l");
        fixture.side.symlink("l", "elsewhere");
        fixture.clock.pass(Duration.ofMinutes(1));
        assertThat(readlink("l")).isEqualTo("elsewhere");
    }

    private String readlink(String path) throws ErrnoException {
        Client.Answered<byte[]> reply = new Client.Answered<>();
        fixture.files.readlink(Client.CALLER, client.walk(path).node(), reply);
        return new String(Client.get(reply.value), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void closedFiles_leaveNoDescriptorsBehind() throws Exception {
        int root = fixture.upstream.openDescriptors();
        for (int i = 0; i < 50; i++) {
            fixture.oldFile("f" + i, Fixture.bytes(100, i));
            assertThat(client.read("f" + i)).isEqualTo(Fixture.bytes(100, i));
        }
        fixture.drain();
        org.awaitility.Awaitility.await()
                .untilAsserted(
                        () -> assertThat(fixture.upstream.openDescriptors()).isLessThan(20));
        fixture.files.close();
        org.awaitility.Awaitility.await()
                .untilAsserted(
                        () -> assertThat(fixture.upstream.openDescriptors()).isEqualTo(root));
    }

    @Test
    void excludedAndLongFiles_areReadThroughAndCounted() throws Exception {
        NetfsConfig config = new NetfsConfig(
                Coherency.CLOSE_TO_OPEN,
                Duration.ZERO,
                AttributeTimes.DEFAULT,
                List.of("*.tmp"),
                java.util.OptionalLong.of(10_000),
                0,
                Duration.ofSeconds(60));
        try (Fixture other = new Fixture(config)) {
            other.side.file("a.tmp", Fixture.bytes(5_000, 1));
            other.side.file("big", Fixture.bytes(600_000, 2));
            for (int i = 0; i < 2; i++) {
                assertThat(other.client.read("a.tmp")).isEqualTo(Fixture.bytes(5_000, 1));
                assertThat(other.client.read("big")).isEqualTo(Fixture.bytes(600_000, 2));
            }
            NetfsStatistics.Bypassed bypassed = other.files.statistics().bypassed();
            assertThat(bypassed.bytes()).isEqualTo(2 * 605_000);
            assertThat(bypassed.reasons()).containsKeys("exclude", "max-file-size");
            assertThat(other.cache.statistics().slots().usedBytes()).isZero();
            assertThat(other.buffers.usedBytes()).isZero();
        }
    }

    private static List<FileName> path(String... names) {
        return java.util.Arrays.stream(names).map(FileName::of).toList();
    }
}
