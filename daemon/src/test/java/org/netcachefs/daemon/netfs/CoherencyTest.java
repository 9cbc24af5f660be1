package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.FileName;
import org.netcachefs.store.CoherencyData;

class CoherencyTest {
    private static final int SIZE = 20_000;

    /** Clocks of upstream: the length of a tick and how far it is ahead. */
    @ParameterizedTest
    @CsvSource({"0, 0", "4, 0", "1000, 0", "2000, 0", "4, 30000", "4, -30000", "2000, 30000", "2000, -30000"})
    void changeBehindTheBack_isReadByTheNextOpen(long tickMillis, long skewMillis) throws Exception {
        try (Fixture fixture = new Fixture()) {
            fixture.upstreamClock.tick(Duration.ofNanos(Math.max(1, tickMillis * 1_000_000)));
            fixture.upstreamClock.skew(Duration.ofMillis(skewMillis));
            fixture.memory.staleAttributes(true);
            fixture.memory.stalePages(true);
            fixture.oldFile("f", Fixture.bytes(SIZE, 0));
            Random random = new Random(tickMillis * 31 + skewMillis);
            for (int i = 1; i <= 1000; i++) {
                change(fixture, random, i);
                byte[] expected = fixture.side.content("f");
                assertThat(fixture.client.read("f")).as("repeat %d", i).isEqualTo(expected);
                if (random.nextInt(10) == 0) {
                    fixture.drain();
                    assertThat(fixture.client.read("f")).as("again, %d", i).isEqualTo(expected);
                }
                fixture.clock.pass(
                        Duration.ofNanos(random.nextInt(random.nextInt(50) == 0 ? 2_000_000_000 : 1_000_000)));
            }
        }
    }

    private static void change(Fixture fixture, Random random, int i) {
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                int size = fixture.side.content("f").length;
                fixture.side.file("f", Fixture.bytes(size, i));
                fixture.side.modified("f", 1_000_000_000L);
            }
            case 2 -> fixture.side.truncate("f", random.nextInt(SIZE));
            case 3 -> fixture.side.write("f", fixture.side.content("f").length, Fixture.bytes(500, i));
            case 4 -> {
                fixture.side.file("g", Fixture.bytes(SIZE, i));
                fixture.side.rename("g", "f");
            }
            default -> {
                fixture.side.delete("f");
                if (random.nextBoolean()) {
                    assertThatThrownBy(() -> fixture.client.open("f")).hasMessageContaining("ENOENT");
                }
                fixture.side.file("f", Fixture.bytes(SIZE, i));
            }
        }
    }

    @Test
    void overwriteInPlace_ofTheSameSizeWithMtimeSetBack_isNoticedByCtime() throws Exception {
        try (Fixture fixture = new Fixture()) {
            fixture.oldFile("f", Fixture.bytes(SIZE, 1));
            long mtime = fixture.client.stat("f").modified().toNanos();
            fixture.client.read("f");
            fixture.drain();
            fixture.side.file("f", Fixture.bytes(SIZE, 2));
            fixture.side.modified("f", mtime);
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(SIZE, 2));
        }
    }

    @Test
    void contentReadSoonAfterAChange_isFetchedAgainByTheNextOpen_untilItIsSettled() throws Exception {
        try (Fixture fixture = new Fixture()) {
            fixture.upstreamClock.tick(Duration.ofSeconds(2));
            fixture.memory.stalePages(true);
            fixture.side.file("f", Fixture.bytes(SIZE, 1));
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(SIZE, 1));
            fixture.side.file("f", Fixture.bytes(SIZE, 2));
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(SIZE, 2));
            fixture.clock.pass(Duration.ofSeconds(3));
            fixture.client.read("f");
            fixture.drain();
            long before = fixture.upstreamBytes();
            fixture.client.read("f");
            assertThat(fixture.upstreamBytes()).isEqualTo(before);
        }
    }

    /** Another program on this machine read the file when it was made; upstream's client does not see what changed in the same tick. */
    @Test
    void contentSettledBySeeingItLongEnough_isReadPastThePagesOfUpstreamsClient() throws Exception {
        try (Fixture fixture = new Fixture()) {
            fixture.upstreamClock.tick(Duration.ofSeconds(2));
            fixture.memory.stalePages(true);
            fixture.side.file("f", Fixture.bytes(SIZE, 1));
            fixture.client.stat("f");
            readByAnotherProgram(fixture, "f");
            fixture.side.file("f", Fixture.bytes(SIZE, 2));
            fixture.clock.pass(Duration.ofSeconds(3));
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(SIZE, 2));
            fixture.drain();
            long before = fixture.upstreamBytes();
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(SIZE, 2));
            assertThat(fixture.upstreamBytes()).as("it was settled").isEqualTo(before);
        }
    }

    private static void readByAnotherProgram(Fixture fixture, String name) throws Exception {
        try (UpstreamTree.PathHandle path = fixture.memory.open(fixture.memory.root(), FileName.of(name));
                UpstreamTree.DataHandle file = fixture.memory.openData(path)) {
            fixture.memory.read(file, 0, ByteBuffer.allocate(SIZE));
        }
    }

    @Test
    void excludedFilesThatAreOld_areReadFromThePagesOfUpstreamsClient() throws Exception {
        NetfsConfig d = NetfsConfig.DEFAULT;
        try (Fixture fixture = new Fixture(new NetfsConfig(
                d.coherency(), d.ttl(), d.times(), List.of("f"), d.maxFileSize(), d.readahead(), d.skewBound()))) {
            fixture.oldFile("f", Fixture.bytes(SIZE, 1));
            fixture.client.read("f");
            assertThat(fixture.upstream.faults().count(Operation.DROP_PAGES)).isZero();
        }
    }

    @Test
    void keepCache_isAnsweredOnlyForTheContentTheKernelHas() throws Exception {
        try (Fixture fixture = new Fixture()) {
            fixture.oldFile("f", Fixture.bytes(SIZE, 1));
            assertThat(keeps(fixture)).as("first open").isFalse();
            fixture.client.read("f");
            assertThat(keeps(fixture)).as("unchanged").isTrue();
            fixture.side.file("f", Fixture.bytes(SIZE, 2));
            assertThat(keeps(fixture)).as("changed").isFalse();
            fixture.client.read("f");
            assertThat(keeps(fixture)).as("unsettled content was handed out").isFalse();
        }
    }

    private static boolean keeps(Fixture fixture) throws Exception {
        try (Client.Open open = fixture.client.open("f")) {
            return open.opened.keepsCache();
        }
    }

    @Test
    void openOfANodeWhoseNameLeadsElsewhere_isStale_andThenFindsTheNewOne() throws Exception {
        try (Fixture fixture = new Fixture()) {
            fixture.oldFile("f", Fixture.bytes(SIZE, 1));
            long node = fixture.client.walk("f").node();
            fixture.side.file("g", Fixture.bytes(SIZE, 2));
            fixture.side.rename("g", "f");
            assertThatThrownBy(() -> fixture.client.openNode(node)).hasMessageContaining("ESTALE");
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(SIZE, 2));
            assertThat(fixture.client.walk("f").node()).isNotEqualTo(node);
        }
    }

    @Test
    void replacedDirectory_isFoundAnew() throws Exception {
        try (Fixture fixture = new Fixture()) {
            fixture.side.directory("d");
            fixture.oldFile("d/f", Fixture.bytes(SIZE, 1));
            fixture.client.read("d/f");
            fixture.side.delete("d/f");
            fixture.side.delete("d");
            fixture.side.directory("d");
            fixture.side.file("d/f", Fixture.bytes(SIZE, 2));
            assertThat(fixture.client.read("d/f")).isEqualTo(Fixture.bytes(SIZE, 2));
            assertThat(fixture.client.list("d")).containsExactly("f");
        }
    }

    @Test
    void fileRenamedBehindTheBack_isNotFoundUnderItsOldName() throws Exception {
        try (Fixture fixture = new Fixture()) {
            fixture.oldFile("a", Fixture.bytes(SIZE, 1));
            fixture.client.read("a");
            fixture.side.rename("a", "b");
            assertThat(fixture.client.read("b")).isEqualTo(Fixture.bytes(SIZE, 1));
            assertThatThrownBy(() -> fixture.client.open("a")).hasMessageContaining("ENOENT");
        }
    }

    @Test
    void keepCache_isNotAnsweredAcrossLivesOfACookie() throws Exception {
        try (Fixture fixture = new Fixture()) {
            fixture.oldFile("f", Fixture.bytes(SIZE, 0));
            for (int i = 1; i < 5; i++) {
                fixture.client.read("f");
                fixture.oldFile("f", Fixture.bytes(SIZE, i));
                assertThat(keeps(fixture)).isFalse();
            }
        }
    }

    @Test
    void kernelPages_areKeptOnlyIfAllAreOfOneContent() {
        KernelPages pages = new KernelPages();
        CoherencyData one = new CoherencyData(1, 1, 1);
        CoherencyData two = new CoherencyData(1, 2, 2);
        assertThat(pages.keepAtOpen(3, one)).isFalse();
        pages.handed(3, one);
        assertThat(pages.keepAtOpen(3, one)).isTrue();
        assertThat(pages.keepAtOpen(3, two)).isFalse();
        pages.handed(3, one);
        pages.handed(3, two);
        assertThat(pages.keepAtOpen(3, two)).isFalse();
        pages.handed(3, two);
        pages.distrust();
        assertThat(pages.keepAtOpen(3, two)).isFalse();
    }

    @Test
    void ttl_checksAtMostOnceInItsTime() throws Exception {
        try (Fixture fixture = new Fixture(Fixture.with(Coherency.TTL, Duration.ofSeconds(100)))) {
            fixture.oldFile("f", Fixture.bytes(SIZE, 1));
            fixture.client.read("f");
            fixture.drain();
            fixture.side.file("f", Fixture.bytes(SIZE, 2));
            long checks = fixture.upstream.faults().count(Operation.FORCED_STATUS);
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(SIZE, 1));
            assertThat(fixture.upstream.faults().count(Operation.FORCED_STATUS)).isEqualTo(checks);
            fixture.clock.pass(Duration.ofSeconds(101));
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(SIZE, 2));
        }
    }

    @Test
    void immutable_isCheckedOnceForEver() throws Exception {
        try (Fixture fixture = new Fixture(Fixture.with(Coherency.IMMUTABLE, Duration.ZERO))) {
            fixture.side.file("f", Fixture.bytes(SIZE, 1));
            fixture.client.read("f");
            fixture.drain();
            fixture.clock.pass(Duration.ofDays(3));
            long calls = fixture.upstream.faults().calls();
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(SIZE, 1));
            assertThat(fixture.upstream.faults().calls()).isEqualTo(calls);
        }
    }

    @Test
    void strict_checksEachRead_andIsNeverAnsweredUnchecked() throws Exception {
        try (Fixture fixture = new Fixture(Fixture.with(Coherency.STRICT, Duration.ZERO))) {
            fixture.oldFile("f", Fixture.bytes(SIZE, 1));
            try (Client.Open open = fixture.client.open("f")) {
                assertThat(open.read(0, SIZE)).isEqualTo(Fixture.bytes(SIZE, 1));
                fixture.drain();
                fixture.side.file("f", Fixture.bytes(SIZE, 2));
                assertThat(open.read(0, SIZE)).isEqualTo(Fixture.bytes(SIZE, 2));
                fixture.calls.open();
                assertThat(Client.errnoOf(open.begin(0, SIZE).value)).isEqualTo(Errno.EIO);
                assertThatThrownBy(() -> fixture.client.open("f")).hasMessageContaining("EIO");
                assertThat(fixture.files.statistics().upstream().unchecked()).isZero();
            }
        }
    }

    @Test
    void skew_isWidenedByTimesFromTheFuture() {
        ClockSkew skew = new ClockSkew(1_000);
        skew.sawTime(500, 0);
        assertThat(skew.policy().skewNanos()).isEqualTo(1_000);
        skew.sawTime(5_000, 0);
        assertThat(skew.policy().skewNanos()).isEqualTo(5_000);
        skew.sawChange(10_000, 20_000, 30_000);
        assertThat(skew.policy().skewNanos()).isEqualTo(10_000);
    }

    @Test
    void settled_ifOldOnTheWallClock_orSeenLongEnoughAgo() {
        SettledPolicy policy = new SettledPolicy(2_000, 60_000);
        assertThat(policy.isSettled(0, 62_001, 0)).isTrue();
        assertThat(policy.isSettled(0, 62_000, 0)).isFalse();
        assertThat(policy.isSettled(100_000, 100_000, 1_999)).isFalse();
        assertThat(policy.isSettled(100_000, 100_000, 2_000)).isTrue();
        assertThat(policy.isOld(0, 62_001)).isTrue();
        assertThat(policy.isOld(0, 62_000)).isFalse();
    }
}
