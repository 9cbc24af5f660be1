package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.fuse.Errno;
import org.netcachefs.store.memory.MemoryCache;

class ReadPathTest {
    private static final int BLOCK = Fixture.BLOCK;
    private static final int SECTOR = 4096;

    private Fixture fixture;

    @BeforeEach
    void setUp() throws Exception {
        fixture = new Fixture(Fixture.withoutReadahead());
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.upstream.faults().release();
        await().untilAsserted(() -> assertThat(fixture.buffers.usedBytes()).isZero());
        fixture.close();
    }

    private static byte[] slice(byte[] bytes, int from, int length) {
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    @Test
    void read_partlyCached_servesHolesFromUpstream() throws Exception {
        byte[] content = Fixture.bytes(20 * BLOCK, 1);
        fixture.oldFile("f", content);
        try (Client.Open open = fixture.client.open("f")) {
            open.read(BLOCK + 3 * SECTOR, 2 * SECTOR);
            open.read(19 * BLOCK + 8 * SECTOR, SECTOR);
            fixture.drain();
            long before = fixture.upstreamBytes();
            assertThat(open.read(BLOCK + SECTOR, BLOCK)).isEqualTo(slice(content, BLOCK + SECTOR, BLOCK));
            assertThat(fixture.upstreamBytes()).isEqualTo(before + BLOCK - 2 * SECTOR);
            NetfsStatistics.Reads reads = fixture.files.statistics().reads();
            assertThat(reads.requests()).isEqualTo(3);
            assertThat(reads.missRequests()).isEqualTo(3);
            assertThat(reads.hitBytes()).isEqualTo(2 * SECTOR);
        }
    }

    /** As large as the kernel's largest, and not where blocks begin. */
    @Test
    void read_overThreeBlocks_partlyCached_thenCached() throws Exception {
        byte[] content = Fixture.bytes(20 * BLOCK, 1);
        fixture.oldFile("f", content);
        try (Client.Open open = fixture.client.open("f")) {
            open.read(6 * BLOCK + 3 * SECTOR, 2 * SECTOR);
            fixture.drain();
            byte[] wanted = slice(content, 5 * BLOCK + SECTOR, 2 * BLOCK);
            assertThat(open.read(5 * BLOCK + SECTOR, 2 * BLOCK)).isEqualTo(wanted);
            fixture.drain();
            long before = fixture.upstreamBytes();
            assertThat(open.read(5 * BLOCK + SECTOR, 2 * BLOCK)).isEqualTo(wanted);
            assertThat(fixture.upstreamBytes()).isEqualTo(before);
        }
    }

    @Test
    void read_atRandom_fetchesOnlyTheSectorsAskedFor() throws Exception {
        byte[] content = Fixture.bytes(40 * BLOCK, 1);
        fixture.oldFile("f", content);
        try (Client.Open open = fixture.client.open("f")) {
            for (int i = 1; i < 30; i++) {
                int at = (i * 13 % 39) * BLOCK + 5000 + i;
                assertThat(open.read(at, 3000)).isEqualTo(slice(content, at, 3000));
            }
            assertThat(fixture.upstreamBytes()).isLessThanOrEqualTo(29 * 2 * SECTOR);
        }
    }

    @Test
    void read_sequentially_fetchesEachByteOnce_aheadOfTheReader() throws Exception {
        try (Fixture ahead = new Fixture()) {
            byte[] content = Fixture.bytes(30 * BLOCK + 1234, 1);
            ahead.oldFile("f", content);
            assertThat(ahead.client.read("f")).isEqualTo(content);
            ahead.drain();
            assertThat(ahead.client.read("f")).isEqualTo(content);
            assertThat(ahead.upstreamBytes()).isEqualTo(content.length);
            NetfsStatistics statistics = ahead.files.statistics();
            assertThat(statistics.upstream().readBytes()).isEqualTo(content.length);
            assertThat(statistics.upstream().readaheadBytes()).isGreaterThan(10 * BLOCK);
            await().untilAsserted(() -> assertThat(ahead.buffers.usedBytes()).isZero());
        }
    }

    @Test
    void concurrentReaders_ofOneBlock_shareOneUpstreamRead() throws Exception {
        byte[] content = Fixture.bytes(BLOCK, 1);
        fixture.oldFile("f", content);
        fixture.upstream.faults().hang(Operation.READ);
        List<Client.Open> opens = new ArrayList<>();
        List<Client.ReadAnswered> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Client.Open open = fixture.client.open("f");
            opens.add(open);
            answers.add(open.begin(0, 128 << 10));
        }
        fixture.upstream.faults().release();
        for (Client.ReadAnswered answer : answers) {
            assertThat(Client.get(answer.value)).isEqualTo(slice(content, 0, 128 << 10));
        }
        assertThat(fixture.upstreamBytes()).isEqualTo(BLOCK);
        assertThat(fixture.files.statistics().reads().missRequests()).isEqualTo(8);
        for (Client.Open open : opens) {
            open.close();
        }
    }

    /** As the kernel sends the requests of one reader. */
    @Test
    void requestsOfOneReader_inAnyOrder_fetchEachByteOnce() throws Exception {
        byte[] content = Fixture.bytes(BLOCK, 1);
        fixture.oldFile("f", content);
        fixture.upstream.faults().hang(Operation.READ);
        try (Client.Open open = fixture.client.open("f")) {
            Client.ReadAnswered second = open.begin(128 << 10, 128 << 10);
            Client.ReadAnswered first = open.begin(0, 128 << 10);
            fixture.upstream.faults().release();
            assertThat(Client.get(first.value)).isEqualTo(slice(content, 0, 128 << 10));
            assertThat(Client.get(second.value)).isEqualTo(slice(content, 128 << 10, 128 << 10));
        }
        assertThat(fixture.upstreamBytes()).isEqualTo(BLOCK);
    }

    @Test
    void requestsInAnyOrder_withReadahead_fetchEachByteOnce() throws Exception {
        try (Fixture ahead = new Fixture()) {
            int half = BLOCK / 2;
            byte[] content = Fixture.bytes(8 * BLOCK, 1);
            ahead.oldFile("f", content);
            ahead.upstream.faults().hang(Operation.READ);
            List<Client.ReadAnswered> answers = new ArrayList<>();
            int[] order = {1, 0, 3, 2, 4, 6, 7, 5, 8, 9, 11, 10, 13, 12, 15, 14};
            try (Client.Open open = ahead.client.open("f")) {
                for (int number : order) {
                    answers.add(open.begin((long) number * half, half));
                }
                ahead.upstream.faults().release();
                for (int i = 0; i < order.length; i++) {
                    assertThat(Client.get(answers.get(i).value)).isEqualTo(slice(content, order[i] * half, half));
                }
            }
            assertThat(ahead.upstreamBytes()).isEqualTo(content.length);
        }
    }

    @Test
    void joiner_ofAFailedRead_triesOnceItself() throws Exception {
        byte[] content = Fixture.bytes(BLOCK, 1);
        fixture.oldFile("f", content);
        fixture.upstream.faults().hang(Operation.READ);
        fixture.upstream.faults().fail(Operation.READ, 1, Errno.EIO);
        try (Client.Open first = fixture.client.open("f");
                Client.Open second = fixture.client.open("f")) {
            Client.ReadAnswered leader = first.begin(0, 8192);
            await().until(() -> fixture.upstream.faults().hung() > 0);
            Client.ReadAnswered joiner = second.begin(4096, 8192);
            fixture.upstream.faults().release();
            assertThat(Client.errnoOf(leader.value)).isEqualTo(Errno.EIO);
            assertThat(Client.get(joiner.value)).isEqualTo(slice(content, 4096, 8192));
        }
    }

    @Test
    void joiner_whoseOwnReadFailsToo_isAnsweredWithTheError() throws Exception {
        fixture.oldFile("f", Fixture.bytes(BLOCK, 1));
        fixture.upstream.faults().hang(Operation.READ);
        fixture.upstream.faults().failAll(Operation.READ, Errno.EREMOTEIO);
        try (Client.Open open = fixture.client.open("f")) {
            Client.ReadAnswered leader = open.begin(0, 8192);
            Client.ReadAnswered joiner = open.begin(0, 8192);
            fixture.upstream.faults().release();
            assertThat(Client.errnoOf(leader.value)).isEqualTo(Errno.EREMOTEIO);
            assertThat(Client.errnoOf(joiner.value)).isEqualTo(Errno.EREMOTEIO);
            fixture.upstream.faults().heal();
            assertThat(open.read(0, 8192)).isEqualTo(Fixture.bytes(8192, 1));
        }
    }

    @Test
    void shortReadsOfUpstream_areNoEndOfFile() throws Exception {
        byte[] content = Fixture.bytes(2 * BLOCK + 77, 1);
        fixture.oldFile("f", content);
        fixture.upstream.faults().shortReads(1000);
        assertThat(fixture.client.read("f")).isEqualTo(content);
        fixture.upstream.faults().heal();
        fixture.drain();
        assertThat(fixture.client.read("f")).isEqualTo(content);
        assertThat(fixture.upstreamBytes()).isEqualTo(content.length);
    }

    @Test
    void cacheThatIsClosed_neverFailsARead() throws Exception {
        byte[] content = Fixture.bytes(2 * BLOCK, 1);
        fixture.oldFile("f", content);
        assertThat(fixture.client.read("f")).isEqualTo(content);
        try (Client.Open open = fixture.client.open("f")) {
            fixture.cache.close();
            assertThat(open.read(0, BLOCK)).isEqualTo(slice(content, 0, BLOCK));
            assertThat(open.read(BLOCK, BLOCK)).isEqualTo(slice(content, BLOCK, BLOCK));
        }
        assertThat(fixture.client.read("f")).isEqualTo(content);
    }

    @Test
    void cacheThatTakesNothing_getsNoReadahead_andEachByteIsReadOnce() throws Exception {
        try (Fixture bypass = new Fixture(NetfsConfig.DEFAULT, executor -> MemoryCache.bypass("for a test"))) {
            byte[] content = Fixture.bytes(20 * BLOCK, 1);
            bypass.oldFile("f", content);
            assertThat(bypass.client.read("f")).isEqualTo(content);
            await().untilAsserted(() -> assertThat(bypass.buffers.usedBytes()).isZero());
            assertThat(bypass.upstreamBytes()).isLessThan(content.length + 3 * BLOCK);
        }
    }

    @Test
    void fileThatShrank_endsWhereUpstreamSays_andIsCheckedAgain() throws Exception {
        fixture.oldFile("f", Fixture.bytes(2 * BLOCK, 1));
        try (Client.Open open = fixture.client.open("f")) {
            fixture.side.truncate("f", 5000);
            assertThat(open.read(0, BLOCK)).isEqualTo(Fixture.bytes(5000, 1));
            await().untilAsserted(() -> assertThat(open.read(BLOCK, 100)).isEmpty());
            assertThat(fixture.client.stat("f").size()).isEqualTo(5000);
        }
        fixture.drain();
        assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(5000, 1));
    }

    @Test
    void replacedFile_staysReadableThroughHandlesThatHaveItsDescriptor() throws Exception {
        byte[] old = Fixture.bytes(2 * BLOCK, 1);
        fixture.oldFile("f", old);
        try (Client.Open open = fixture.client.open("f")) {
            open.read(0, 4096);
            fixture.side.file("g", Fixture.bytes(2 * BLOCK, 2));
            fixture.side.rename("g", "f");
            assertThat(open.read(BLOCK, BLOCK)).isEqualTo(slice(old, BLOCK, BLOCK));
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(2 * BLOCK, 2));
        }
    }

    @Test
    void interruptedRead_isAnsweredAtOnce_andLateBytesDoNotTouchItsBuffer() throws Exception {
        byte[] content = Fixture.bytes(BLOCK, 1);
        fixture.oldFile("f", content);
        fixture.upstream.faults().hang(Operation.READ);
        try (Client.Open open = fixture.client.open("f")) {
            Client.ReadAnswered answer = open.begin(0, BLOCK);
            await().until(() -> fixture.upstream.faults().hung() > 0);
            answer.interrupt.run();
            assertThat(Client.errnoOf(answer.value)).isEqualTo(Errno.EINTR);
            fixture.upstream.faults().release();
            assertThat(open.read(0, BLOCK)).isEqualTo(content);
            byte[] untouched = new byte[BLOCK];
            answer.buffer().duplicate().clear().get(untouched);
            assertThat(untouched).isEqualTo(new byte[BLOCK]);
        }
    }

    @Test
    void hungUpstream_cachedReadsOnOpenHandlesNeverTouchIt() throws Exception {
        byte[] content = Fixture.bytes(BLOCK, 1);
        fixture.oldFile("f", content);
        fixture.side.file("other", Fixture.bytes(BLOCK, 2));
        fixture.client.read("f");
        fixture.drain();
        try (Client.Open open = fixture.client.open("f");
                Client.Open uncached = fixture.client.open("other")) {
            fixture.upstream.faults().hang();
            Client.ReadAnswered hung = uncached.begin(0, 4096);
            long calls = fixture.calls.count(Lane.DATA) + fixture.calls.count(Lane.METADATA);
            for (int i = 0; i < 100; i++) {
                assertThat(open.read(0, BLOCK)).isEqualTo(content);
            }
            assertThat(fixture.calls.count(Lane.DATA) + fixture.calls.count(Lane.METADATA))
                    .isEqualTo(calls);
            fixture.upstream.faults().release();
            assertThat(Client.get(hung.value)).isEqualTo(Fixture.bytes(4096, 2));
        }
    }

    @Test
    void circuitOpen_servesWhatIsCachedUnchecked_andChecksBeforeTheNextHit() throws Exception {
        byte[] content = Fixture.bytes(BLOCK, 1);
        fixture.side.directory("d");
        fixture.oldFile("d/f", content);
        fixture.client.read("d/f");
        fixture.drain();
        try (Client.Open open = fixture.client.open("d/f")) {
            fixture.calls.open();
            fixture.clock.pass(java.time.Duration.ofMinutes(5));
            assertThat(open.read(0, BLOCK)).isEqualTo(content);
            assertThat(fixture.client.read("d/f")).isEqualTo(content);
            assertThat(fixture.client.stat("d/f").size()).isEqualTo(BLOCK);
            assertThat(fixture.files.statistics().upstream().unchecked()).isGreaterThan(3);

            fixture.side.file("d/f", Fixture.bytes(BLOCK, 9));
            fixture.calls.closeCircuit();
            assertThat(open.read(0, BLOCK)).isEqualTo(Fixture.bytes(BLOCK, 9));
            assertThat(fixture.client.read("d/f")).isEqualTo(Fixture.bytes(BLOCK, 9));
        }
    }

    @Test
    void openUnderWay_whenTheCircuitOpens_isAnsweredFromWhatIsKnown() throws Exception {
        byte[] content = Fixture.bytes(BLOCK, 1);
        fixture.oldFile("f", content);
        fixture.client.read("f");
        fixture.drain();
        long node = fixture.client.walk("f").node();
        fixture.upstream.faults().hang();
        Client.Answered<org.netcachefs.fuse.Opened> reply = new Client.Answered<>();
        fixture.files.open(Client.CALLER, node, org.netcachefs.fuse.OpenFlags.READ, reply);
        fixture.calls.openKeepingCalls();
        long handle = Client.get(reply.value).handle();
        fixture.files.release(node, handle, org.netcachefs.fuse.OpenFlags.READ, 0, new Client.Answered<>());
        fixture.upstream.faults().release();
        fixture.calls.closeCircuit();
        await().untilAsserted(() ->
                assertThat(fixture.files.statistics().gauges().handles()).isZero());
    }

    @Test
    void circuitOpen_uncachedReadsFailAsConfigured() throws Exception {
        fixture.oldFile("f", Fixture.bytes(BLOCK, 1));
        fixture.client.stat("f");
        fixture.calls.open();
        try (Client.Open open = fixture.client.open("f")) {
            assertThat(Client.errnoOf(open.begin(0, 4096).value)).isEqualTo(Errno.EIO);
            fixture.calls.closeCircuit();
            assertThat(open.read(0, 4096)).isEqualTo(Fixture.bytes(4096, 1));
        }
    }

    @Test
    void callGivenUpOn_keepsItsBufferUntilItEnds() throws Exception {
        fixture.oldFile("f", Fixture.bytes(BLOCK, 1));
        fixture.upstream.faults().hang(Operation.READ);
        try (Client.Open open = fixture.client.open("f")) {
            Client.ReadAnswered answer = open.begin(0, 4096);
            await().until(() -> fixture.upstream.faults().hung() > 0);
            fixture.calls.open();
            assertThat(Client.errnoOf(answer.value)).isEqualTo(Errno.EIO);
            assertThat(fixture.buffers.usedBytes()).isPositive();
            fixture.upstream.faults().release();
            await().untilAsserted(() -> assertThat(fixture.buffers.usedBytes()).isZero());
        }
    }

    @Test
    void moreReadsThanBuffers_areAllAnswered() throws Exception {
        byte[] content = Fixture.bytes(64 * BLOCK, 1);
        fixture.oldFile("f", content);
        fixture.upstream.faults().hang(Operation.READ);
        List<Client.ReadAnswered> answers = new ArrayList<>();
        try (Client.Open open = fixture.client.open("f")) {
            for (int i = 0; i < 60; i++) {
                answers.add(open.begin(i * BLOCK + 4096, BLOCK));
            }
            fixture.upstream.faults().release();
            for (int i = 0; i < 60; i++) {
                assertThat(Client.get(answers.get(i).value)).isEqualTo(slice(content, i * BLOCK + 4096, BLOCK));
            }
        }
    }
}
