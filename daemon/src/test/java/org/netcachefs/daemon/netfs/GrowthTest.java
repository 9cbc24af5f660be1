package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.ValidAttributes;

/** An open file that grew upstream grows in the kernel before any answer shows it. */
class GrowthTest {
    private final Notices notices = new Notices();
    private Fixture fixture;
    private Client.Open file;

    @BeforeEach
    void setUp() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
        fixture.files.init(notices);
        fixture.oldFile("f", Fixture.bytes(5000, 1));
        file = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
    }

    @AfterEach
    void tearDown() throws Exception {
        file.end();
        fixture.close();
    }

    private void endsUpstreamAt(int size) throws Exception {
        fixture.side.truncate("f", Math.min(size, 300));
        fixture.side.write("f", 0, Fixture.bytes(size, 1));
        fixture.clock.pass(Duration.ofHours(1));
    }

    private Client.Answered<ValidAttributes> ask() {
        Client.Answered<ValidAttributes> answer = new Client.Answered<>();
        fixture.files.getattr(Client.CALLER, file.node, FileSystem.NO_HANDLE, answer);
        return answer;
    }

    @Test
    void growthUpstream_isToldBeforeItIsShown() throws Exception {
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        notices.answer = told;
        endsUpstreamAt(7000);
        Client.Answered<ValidAttributes> first = ask();
        Client.Answered<ValidAttributes> second = ask();
        await().untilAsserted(() ->
                assertThat(notices.grown).containsExactly(new Notices.Grown(5000, 7000, Fixture.bytes(7000, 1)[6999])));
        assertThat(first.value).isNotDone();
        assertThat(second.value).as("asked beside it").isNotDone();
        told.complete(true);
        assertThat(first.value.get().attributes().size()).isEqualTo(7000);
        assertThat(second.value.get().attributes().size()).isEqualTo(7000);
        assertThat(ask().value.get().attributes().size()).isEqualTo(7000);
        assertThat(notices.grown).as("once").hasSize(1);
    }

    @Test
    void eachGrowth_isTold_fromWhereTheLastOneEnded() throws Exception {
        for (int size : List.of(6000, 6500, 20_000)) {
            endsUpstreamAt(size);
            assertThat(ask().value.get().attributes().size()).isEqualTo(size);
        }
        assertThat(notices.grown).extracting(Notices.Grown::oldSize).containsExactly(5000L, 6000L, 6500L);
    }

    @Test
    void afterItShrank_growthIsToldFromTheSmallerSize() throws Exception {
        endsUpstreamAt(300);
        assertThat(ask().value.get().attributes().size()).isEqualTo(300);
        endsUpstreamAt(4000);
        assertThat(ask().value.get().attributes().size()).isEqualTo(4000);
        assertThat(notices.grown).extracting(Notices.Grown::oldSize).containsExactly(300L);
    }

    @Test
    void growthByWritesThroughTheKernel_needsNoTelling() throws Exception {
        file.write(5000, Fixture.bytes(4000, 2));
        assertThat(ask().value.get().attributes().size()).isEqualTo(9000);
        assertThat(notices.grown).isEmpty();
    }

    /** By its answer alone: the notice of the first growth has the kernel ignore the sizes of answers to what was asked before it. */
    @Test
    void growthShownByWhatWasAskedBeforeAnotherNotice_isToldToo_behindAWholePageAlso() throws Exception {
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        notices.answer = told;
        endsUpstreamAt(8192);
        Client.Answered<ValidAttributes> first = ask();
        await().untilAsserted(() -> assertThat(notices.grown).hasSize(1));
        endsUpstreamAt(9000);
        Client.Answered<ValidAttributes> second = ask();
        told.complete(true);
        assertThat(first.value.get().attributes().size()).isEqualTo(8192);
        assertThat(second.value.get().attributes().size()).isEqualTo(9000);
        assertThat(notices.grown).extracting(Notices.Grown::oldSize).containsExactly(5000L, 8192L);
    }

    /** The kernel waits in the notice for pages being read. */
    @Test
    void growthThatTheKernelIsNotToldOfInTime_isShownAllTheSame() throws Exception {
        notices.answer = new CompletableFuture<>();
        endsUpstreamAt(7000);
        assertThat(ask().value.get(10, TimeUnit.SECONDS).attributes().size()).isEqualTo(7000);
        assertThat(notices.grown).hasSize(1);
    }

    @Test
    void whoWaitsForIt_canBeInterrupted() throws Exception {
        notices.answer = new CompletableFuture<>();
        endsUpstreamAt(7000);
        Client.Answered<ValidAttributes> answer = ask();
        await().untilAsserted(() -> assertThat(notices.grown).hasSize(1));
        answer.interrupt.run();
        assertThat(Client.errnoOf(answer.value)).isEqualTo(Errno.EINTR);
    }

    @Test
    void whileUpstreamHangs_sizesAreShownUnchecked() throws Exception {
        notices.answer = new CompletableFuture<>();
        endsUpstreamAt(7000);
        Client.Answered<ValidAttributes> before = ask();
        await().untilAsserted(() -> assertThat(notices.grown).hasSize(1));
        fixture.calls.openKeepingCalls();
        assertThat(ask().value)
                .isCompletedWithValueMatching(shown -> shown.attributes().size() == 7000);
        assertThat(before.value.get(10, TimeUnit.SECONDS).attributes().size()).isEqualTo(7000);
        assertThat(notices.grown).hasSize(1);
    }

    @Test
    void anOpen_isAnsweredWhenTheFileHasGrown_asItMayBeMappedToASizeThatWasShownBefore() throws Exception {
        file.end();
        endsUpstreamAt(7000);
        assertThat(fixture.client.stat("f").size()).isEqualTo(7000);
        assertThat(notices.grown).as("nobody has it open").isEmpty();
        file = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
        assertThat(notices.grown).extracting(Notices.Grown::newSize).containsExactly(7000L);
    }

    /** The byte that is given with the size was read before. */
    @Test
    void whatIsWrittenAmidGrowth_isDroppedOnceMore() throws Exception {
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        notices.answer = told;
        endsUpstreamAt(7000);
        Client.Answered<ValidAttributes> answer = ask();
        await().untilAsserted(() -> assertThat(notices.grown).hasSize(1));
        file.write(6000, Fixture.bytes(1000, 3));
        notices.offsets.clear();
        told.complete(true);
        assertThat(answer.value.get().attributes().size()).isEqualTo(7000);
        assertThat(notices.offsets).containsExactly(6999L);
        file.write(6999, Fixture.bytes(1, 4));
        assertThat(notices.offsets).as("written soon after").containsExactly(6999L, 6999L);
    }

    @Test
    void growthThatCannotBeRead_isShownAllTheSame() throws Exception {
        endsUpstreamAt(7000);
        fixture.upstream.faults().fail(Operation.READ, 1, Errno.EIO);
        assertThat(ask().value.get().attributes().size()).isEqualTo(7000);
        assertThat(notices.grown).isEmpty();
    }
}
