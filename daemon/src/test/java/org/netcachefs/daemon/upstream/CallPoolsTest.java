package org.netcachefs.daemon.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.daemon.upstream.UpstreamCalls.Circuit;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.ReceivingThread;

@Timeout(60)
class CallPoolsTest {
    private static final Duration TIMEOUT = Duration.ofMillis(300);
    private static final Duration NEVER = Duration.ofDays(1);

    private final MemoryUpstream memory = new MemoryUpstream();
    private final FaultyUpstream tree = new FaultyUpstream(memory);
    private final List<CallPools> started = new ArrayList<>();
    private DataHandle data;

    @BeforeEach
    void opensAFile() throws ErrnoException {
        memory.side().file("file", new byte[10]);
        try (PathHandle file = tree.open(tree.root(), FileName.of("file"))) {
            data = tree.openData(file);
        }
    }

    @AfterEach
    void leavesNoThread() {
        tree.faults().release();
        started.forEach(CallPools::close);
        await().untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    @Test
    void run_bringsTheResult_onThePoolsThread() {
        CallPools pools = start(NEVER, UnreachablePolicy.ERROR);
        String thread = pools.run(
                        Lane.METADATA, upstream -> Thread.currentThread().getName())
                .toCompletableFuture()
                .join();
        assertThat(thread).startsWith("pools-metadata-");
    }

    /** As a transport's; {@code patient}: another one receives meanwhile. */
    private static <T> T received(boolean patient, Callable<T> work) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = receiver(patient, () -> {
            try {
                result.complete(work.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        thread.start();
        return result.get(30, TimeUnit.SECONDS);
    }

    private static Thread receiver(boolean patient, Runnable work) {
        return new ReceivingThread("receiver", 0) {
            @Override
            public void run() {
                work.run();
            }

            @Override
            public boolean mayWait() {
                return patient;
            }
        };
    }

    private static String threadOf(CallPools pools, Lane lane) throws ErrnoException {
        return pools.runHere(lane, upstream -> Thread.currentThread().getName())
                .toCompletableFuture()
                .join();
    }

    @Test
    void runHere_isMadeByTheReceiver_ifAnotherOneReceives() throws Exception {
        CallPools pools = start(NEVER, UnreachablePolicy.ERROR);
        assertThat(received(true, () -> threadOf(pools, Lane.CHANGE))).isEqualTo("receiver");
        assertThat(received(false, () -> threadOf(pools, Lane.CHANGE))).startsWith("pools-change-");
        assertThat(threadOf(pools, Lane.CHANGE)).startsWith("pools-change-");
    }

    @Test
    void runHere_isHandedOver_whileCallsTakeLong() throws Exception {
        CallPools pools = start(NEVER, UnreachablePolicy.ERROR);
        pools.run(Lane.CHANGE, upstream -> {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                    return true;
                })
                .toCompletableFuture()
                .join();
        assertThat(received(true, () -> threadOf(pools, Lane.CHANGE))).startsWith("pools-change-");
        assertThat(received(true, () -> threadOf(pools, Lane.WRITE))).isEqualTo("receiver");
    }

    @Test
    void runHere_thatHangs_countsAsOut_opensTheCircuit_andIsGivenUpAsAnyOther() throws Exception {
        CallPools pools = start(Duration.ofMillis(100), UnreachablePolicy.ERROR);
        tree.faults().hang();
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread receiver = receiver(
                true,
                () -> pools.<Boolean>runHere(
                        Lane.METADATA,
                        upstream -> upstream.status(upstream.root(), true) != null,
                        late -> {},
                        stage -> stage.whenComplete((done, failure) -> answer.complete(failure == null))));
        receiver.start();
        await().untilAsserted(() -> assertThat(pools.circuit()).isEqualTo(Circuit.OPEN));
        assertThat(answer.get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(receiver.isAlive()).isTrue();
        assertThat(pools.statistics().lostThreads()).isEqualTo(1);
        tree.faults().release();
        receiver.join();
        await().untilAsserted(() -> assertThat(pools.statistics().outstanding()).isZero());
    }

    @Test
    void run_bringsTheErrno() {
        CallPools pools = start(NEVER, UnreachablePolicy.ERROR);
        tree.faults().fail(Operation.READ, 1, Errno.ESTALE);
        assertThat(errnoOf(read(pools))).isEqualTo(Errno.ESTALE);
        assertThat(pools.statistics().errors()).isEqualTo(1);
        assertThat(pools.statistics().dataCalls()).isEqualTo(1);
    }

    @Test
    void run_bringsWhateverBroke() {
        CallPools pools = start(NEVER, UnreachablePolicy.ERROR);
        CompletableFuture<Object> call = pools.run(Lane.DATA, upstream -> {
                    throw new IllegalStateException("broke");
                })
                .toCompletableFuture();
        assertThat(catchThrowable(call::join)).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(read(pools).join()).as("the thread goes on").isEqualTo(10);
    }

    @Test
    void manyCalls_useAtMostTheLanesThreads() {
        CallPools pools = start(NEVER, UnreachablePolicy.ERROR);
        List<CompletableFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            calls.add(read(pools));
        }
        calls.forEach(call -> assertThat(call.join()).isEqualTo(10));
        assertThat(threads()).filteredOn(name -> name.contains("-data-")).hasSizeBetween(1, 32);
        assertThat(pools.statistics().calls()).isEqualTo(5000);
    }

    @Test
    void hungReaders_leaveTheOtherLanesAlone() throws ErrnoException {
        CallPools pools = start(NEVER, UnreachablePolicy.ERROR);
        tree.faults().hang(Operation.READ);
        List<CompletableFuture<Integer>> readers = hangReaders(pools, 64);
        for (int i = 0; i < 20; i++) {
            pools.run(Lane.METADATA, upstream -> upstream.status(upstream.root(), true))
                    .toCompletableFuture()
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
        }
        PathHandle file = memory.open(memory.root(), FileName.of("file"));
        pools.run(Lane.CLOSE, upstream -> {
                    file.close();
                    return true;
                })
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
        tree.faults().release();
        readers.forEach(reader -> assertThat(reader.join()).isEqualTo(10));
    }

    @Test
    void hungReaders_whoseThreadsAreLost_areReplaced_whileTheRootAnswers() {
        CallPools pools = start(NEVER, UnreachablePolicy.ERROR);
        tree.faults().hang(Operation.READ);
        List<CompletableFuture<Integer>> readers = hangReaders(pools, 64);
        await().untilAsserted(() -> assertThat(tree.faults().hung()).isEqualTo(64));
        await().untilAsserted(() -> assertThat(pools.statistics().lostThreads()).isEqualTo(64));
        assertThat(pools.circuit()).isEqualTo(Circuit.CLOSED);
        assertThat(pools.run(Lane.DATA, upstream -> "another file")
                        .toCompletableFuture()
                        .join())
                .isEqualTo("another file");
        tree.faults().release();
        readers.forEach(CompletableFuture::join);
        await().untilAsserted(() -> assertThat(pools.statistics().lostThreads()).isZero());
    }

    @Test
    void hungUpstream_opensTheCircuit_andClosesItWhenItIsBack_withANewEpoch() {
        CallPools pools = start(NEVER, UnreachablePolicy.ERROR);
        tree.faults().hang();
        List<CompletableFuture<Integer>> readers = hangReaders(pools, 64);
        await().untilAsserted(() -> assertThat(pools.circuit()).isEqualTo(Circuit.OPEN));
        CompletableFuture<Integer> waiting = read(pools);
        CompletableFuture<?> closing = pools.run(Lane.CLOSE, upstream -> true).toCompletableFuture();
        assertThat(closing.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(true);
        assertThat(waiting).isNotDone();
        assertThat(tree.faults().hung()).as("32 threads and the probes").isLessThan(40);
        long epoch = pools.epoch();
        tree.faults().release();
        readers.forEach(reader -> assertThat(reader.join()).isEqualTo(10));
        assertThat(waiting.join()).isEqualTo(10);
        await().untilAsserted(() -> assertThat(pools.circuit()).isEqualTo(Circuit.CLOSED));
        assertThat(pools.epoch()).isGreaterThan(epoch);
    }

    @Test
    void quickCallsThatUpstreamsClientAnswers_doNotKeepTheCircuitClosed() {
        CallPools pools = start(NEVER, UnreachablePolicy.ERROR);
        tree.faults().hang(Operation.READ, Operation.FORCED_STATUS);
        hangReaders(pools, 2);
        await().untilAsserted(() -> {
            pools.run(Lane.METADATA, upstream -> upstream.status(upstream.root(), false));
            assertThat(pools.circuit()).isEqualTo(Circuit.OPEN);
        });
    }

    @Test
    void unreachable_failsWhatIsOutAndWaiting_onceAndWithTheErrno_andNewCallsAtOnce() {
        CallPools pools = start(Duration.ofMillis(600), UnreachablePolicy.ERROR);
        tree.faults().hang();
        AtomicInteger answers = new AtomicInteger();
        Queue<Integer> late = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            CompletableFuture<Integer> reader =
                    pools.run(Lane.DATA, this::readFile, late::add).toCompletableFuture();
            reader.whenComplete((length, failure) -> answers.incrementAndGet());
            readers.add(reader);
        }
        readers.forEach(reader -> assertThat(errnoOf(reader)).isEqualTo(Errno.ETIMEDOUT));
        assertThat(errnoOf(read(pools))).isEqualTo(Errno.ETIMEDOUT);
        await().untilAsserted(() -> assertThat(pools.statistics().timeouts()).isEqualTo(65));
        tree.faults().release();
        await().untilAsserted(() -> assertThat(pools.circuit()).isEqualTo(Circuit.CLOSED));
        assertThat(read(pools).join()).isEqualTo(10);
        await().untilAsserted(() ->
                assertThat(late).as("of the 32 that had gone out").hasSize(32).containsOnly(10));
        assertThat(answers).hasValue(64);
    }

    @Test
    void abandoned_getsTheDescriptorThatComesLate() throws ErrnoException {
        CallPools pools = start(Duration.ofMillis(600), UnreachablePolicy.ERROR);
        PathHandle file = memory.open(memory.root(), FileName.of("file"));
        int before = tree.openDescriptors();
        tree.faults().hang();
        CompletableFuture<DataHandle> open = pools.run(
                        Lane.METADATA, upstream -> upstream.openData(file), DataHandle::close)
                .toCompletableFuture();
        assertThat(errnoOf(open)).isEqualTo(Errno.ETIMEDOUT);
        AtomicInteger opened = new AtomicInteger();
        tree.faults().after(Operation.OPEN_DATA, () -> opened.set(tree.openDescriptors()));
        tree.faults().release();
        await().untilAsserted(() -> assertThat(opened).hasValue(before + 1));
        await().untilAsserted(() -> assertThat(tree.openDescriptors()).isEqualTo(before));
    }

    @Test
    void policyWait_givesNothingUp() {
        AtomicLong clock = new AtomicLong();
        CallPools pools = start(Duration.ofMillis(600), UnreachablePolicy.WAIT, clock::get);
        tree.faults().hang();
        CompletableFuture<Integer> reader = read(pools);
        await().until(() -> tree.faults().hung() > 0);
        await().untilAsserted(() -> {
            clock.addAndGet(TIMEOUT.toNanos());
            assertThat(pools.circuit()).isEqualTo(Circuit.OPEN);
        });
        clock.addAndGet(NEVER.toNanos());
        CompletableFuture<Integer> waiting = read(pools);
        await().during(Duration.ofMillis(200)).until(() -> !reader.isDone() && !waiting.isDone());
        tree.faults().release();
        assertThat(reader.join()).isEqualTo(10);
        assertThat(waiting.join()).isEqualTo(10);
    }

    @Test
    void errnoStorms_areAnswers() {
        AtomicLong clock = new AtomicLong();
        CallPools pools = start(NEVER, UnreachablePolicy.ERROR, clock::get);
        for (Errno errno : List.of(Errno.ETIMEDOUT, Errno.EIO, Errno.ENOTCONN, Errno.EHOSTDOWN, Errno.ESTALE)) {
            for (Operation operation : Operation.values()) {
                tree.faults().failAll(operation, errno);
            }
            for (int i = 0; i < 100; i++) {
                clock.addAndGet(TIMEOUT.toNanos() / 4);
                assertThat(errnoOf(read(pools))).isEqualTo(errno);
            }
        }
        assertThat(pools.circuit()).isEqualTo(Circuit.CLOSED);
    }

    @Test
    void readahead_isNotWaitedFor_whileTheCircuitIsOpen() {
        CallPools pools = start(NEVER, UnreachablePolicy.WAIT);
        tree.faults().hang();
        read(pools);
        await().untilAsserted(() -> assertThat(pools.circuit()).isEqualTo(Circuit.OPEN));
        assertThat(errnoOf(pools.run(Lane.READAHEAD, this::readFile).toCompletableFuture()))
                .isEqualTo(Errno.ETIMEDOUT);
    }

    @Test
    void changesThatHang_areAnsweredWhenTheyReturn_andLaterOnesAreSentThen() throws ErrnoException {
        CallPools pools = start(Duration.ofMillis(1), UnreachablePolicy.ERROR);
        tree.faults().hang();
        CompletableFuture<Boolean> sent = make(pools, "sent");
        await().until(() -> tree.faults().hung() >= 1);
        CompletableFuture<Integer> reader = read(pools);
        assertThat(errnoOf(reader)).as("what changes nothing is given up").isEqualTo(Errno.ETIMEDOUT);
        CompletableFuture<Boolean> later = make(pools, "later");
        assertThat(sent).isNotDone();
        assertThat(later).isNotDone();
        assertThat(tree.faults().count(Operation.MKDIR)).isEqualTo(1);
        tree.faults().release();
        assertThat(sent.orTimeout(30, TimeUnit.SECONDS).join()).isTrue();
        assertThat(later.orTimeout(30, TimeUnit.SECONDS).join()).isTrue();
        memory.open(memory.root(), FileName.of("later")).close();
        assertThat(tree.faults().count(Operation.MKDIR)).isEqualTo(2);
    }

    @Test
    void close_failsChangesThatWereNotSent_andLeavesAloneThoseThatWere() throws ErrnoException {
        CallPools pools = start(NEVER, UnreachablePolicy.WAIT);
        tree.faults().hang();
        CompletableFuture<Boolean> sent = make(pools, "sent");
        await().untilAsserted(() -> assertThat(pools.circuit()).isEqualTo(Circuit.OPEN));
        CompletableFuture<Boolean> waiting = make(pools, "waiting");
        pools.close();
        assertThat(errnoOf(waiting)).isEqualTo(Errno.ETIMEDOUT);
        assertThat(sent).isNotDone();
        tree.faults().release();
        assertThat(sent.orTimeout(30, TimeUnit.SECONDS).join()).isTrue();
        assertThat(tree.faults().count(Operation.MKDIR)).isEqualTo(1);
    }

    private CompletableFuture<Boolean> make(CallPools pools, String directory) {
        return pools.run(Lane.CHANGE, upstream -> {
                    upstream.changes().mkdir(upstream.root(), FileName.of(directory), 0755);
                    return true;
                })
                .toCompletableFuture();
    }

    @Test
    void close_returnsAtOnce_andAnswersWhoWaits_whileCallsHang() throws InterruptedException {
        CallPools pools = start(NEVER, UnreachablePolicy.WAIT);
        tree.faults().hang();
        List<CompletableFuture<Integer>> readers = hangReaders(pools, 64);
        CountDownLatch closed = new CountDownLatch(1);
        Thread closer = new Thread(() -> {
            pools.close();
            closed.countDown();
        });
        closer.start();
        assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
        readers.forEach(reader -> assertThat(errnoOf(reader)).isEqualTo(Errno.ETIMEDOUT));
        assertThat(errnoOf(read(pools))).isEqualTo(Errno.ETIMEDOUT);
        AtomicInteger ran = new AtomicInteger();
        pools.run(Lane.CLOSE, upstream -> ran.incrementAndGet())
                .toCompletableFuture()
                .join();
        assertThat(ran).hasValue(1);
    }

    @Test
    void hangsAndReturns_manyTimes_answerEveryCallOnce() {
        CallPools pools = start(NEVER, UnreachablePolicy.ERROR);
        AtomicInteger answers = new AtomicInteger();
        List<CompletableFuture<Integer>> calls = new ArrayList<>();
        for (int round = 0; round < 8; round++) {
            tree.faults().hang();
            for (int i = 0; i < 100; i++) {
                CompletableFuture<Integer> call = read(pools);
                call.whenComplete((length, failure) -> answers.incrementAndGet());
                calls.add(call);
            }
            if (round % 2 == 0) {
                await().untilAsserted(() -> assertThat(pools.circuit()).isEqualTo(Circuit.OPEN));
            }
            tree.faults().release();
        }
        calls.forEach(call -> assertThat(call.join()).isEqualTo(10));
        await().untilAsserted(() -> assertThat(answers).hasValue(800));
    }

    private CallPools start(Duration unreachableAfter, UnreachablePolicy policy) {
        return start(unreachableAfter, policy, System::nanoTime);
    }

    private CallPools start(Duration unreachableAfter, UnreachablePolicy policy, LongSupplier clock) {
        UpstreamConfig config =
                new UpstreamConfig(TIMEOUT, unreachableAfter, Errno.ETIMEDOUT, policy, UpstreamConfig.Places.DEFAULT);
        CallPools pools = CallPools.start("pools", tree, config, clock);
        started.add(pools);
        return pools;
    }

    private int readFile(UpstreamTree upstream) throws ErrnoException {
        return upstream.read(data, 0, ByteBuffer.allocate(10));
    }

    private CompletableFuture<Integer> read(CallPools pools) {
        return pools.run(Lane.DATA, this::readFile).toCompletableFuture();
    }

    /** Waits until as many hang as have threads. */
    private List<CompletableFuture<Integer>> hangReaders(CallPools pools, int count) {
        List<CompletableFuture<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            readers.add(read(pools));
        }
        await().until(() -> tree.faults().hung() >= Math.min(32, count));
        return readers;
    }

    private static Errno errnoOf(CompletableFuture<?> call) {
        Throwable failure =
                catchThrowable(() -> call.orTimeout(30, TimeUnit.SECONDS).join());
        assertThat(failure).isInstanceOf(CompletionException.class).hasCauseInstanceOf(ErrnoException.class);
        return ((ErrnoException) failure.getCause()).errno();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("pools-"))
                .toList();
    }
}
