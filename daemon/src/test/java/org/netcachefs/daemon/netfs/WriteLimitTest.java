package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.LockRequest.Kind;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.ValidAttributes;

/** With a limit for writes, who changes data is answered in time, and whatever he was told, nothing wrong is read afterwards. */
@Timeout(120)
class WriteLimitTest {
    private static final int BLOCK = Fixture.BLOCK;
    private static final WriteLimit LIMIT = new WriteLimit(Duration.ofMillis(200), Errno.ETIMEDOUT);

    private Fixture fixture;
    private Client client;

    @BeforeEach
    void setUp() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT.with(LIMIT));
        client = fixture.client;
        fixture.oldFile("f", Fixture.bytes(BLOCK, 1));
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.upstream.faults().release();
        Awaitility.await().until(() -> fixture.files.statistics().gauges().handles() == 0);
        fixture.drain();
        assertThat(fixture.buffers.usedBytes()).isZero();
        fixture.close();
    }

    private void hang(Operation operation) {
        fixture.upstream.faults().hang(operation);
    }

    private void awaitHung() {
        Awaitility.await().until(() -> fixture.upstream.faults().hung() == 1);
    }

    private long sent(Operation operation) {
        return fixture.upstream.faults().count(operation);
    }

    private void timeGoesBy() {
        fixture.clock.pass(Duration.ofSeconds(1));
    }

    private static Client.Answered<Void> begun(Client.Request<Void> request) {
        Client.Answered<Void> answer = new Client.Answered<>();
        request.send(answer);
        return answer;
    }

    private Client.Answered<Void> flush(Client.Open file, long owner) {
        return begun(reply -> fixture.files.flush(Client.CALLER, file.node, file.opened.handle(), owner, reply));
    }

    private Client.Answered<Void> sync(Client.Open file) {
        return begun(reply -> fixture.files.fsync(Client.CALLER, file.node, file.opened.handle(), false, reply));
    }

    private static void assertFails(Client.Answered<?> answer, Errno errno) {
        assertThat(Client.errnoOf(answer.value)).isEqualTo(errno);
    }

    private static byte[] head(byte[] content, int length) {
        return Arrays.copyOf(content, length);
    }

    @Test
    void writeThatHangs_isAnsweredInTime_andNoLaterOneOvertakesIt() throws Exception {
        Client.Open one = client.openToWrite("f", OpenFlags.O_RDWR);
        hang(Operation.WRITE);
        Client.Answered<Integer> first = one.beginWrite(0, new byte[] {1, 1, 1});
        awaitHung();
        assertThat(first.value).isNotDone();
        timeGoesBy();
        assertFails(first, Errno.ETIMEDOUT);
        Client.Open other = client.openToWrite("f", OpenFlags.O_RDWR);
        Client.Answered<Integer> second = other.beginWrite(1, new byte[] {2, 2, 2});
        assertThat(second.value).isNotDone();
        fixture.upstream.faults().release();
        assertThat(Client.get(second.value)).isEqualTo(3);
        assertThat(sent(Operation.WRITE)).isEqualTo(2);
        assertThat(head(fixture.side.content("f"), 4)).isEqualTo(new byte[] {1, 2, 2, 2});
        assertThat(other.read(0, 4)).isEqualTo(new byte[] {1, 2, 2, 2});
        other.end();
        one.close();
        assertThat(client.read("f")).isEqualTo(fixture.side.content("f"));
    }

    @Test
    void handlesOfAFileWhoseWriteWasNotAnswered_failUntilItIsOpenedAnew() throws Exception {
        Client.Open one = client.openToWrite("f", OpenFlags.O_RDWR);
        Client.Open reader = client.open("f");
        reader.read(0, 10);
        hang(Operation.WRITE);
        Client.Answered<Integer> first = one.beginWrite(0, new byte[] {1, 1, 1});
        awaitHung();
        timeGoesBy();
        assertFails(first, Errno.ETIMEDOUT);
        assertFails(one.beginWrite(0, new byte[] {2}), Errno.EIO);
        assertThat(Client.errnoOf(reader.begin(0, 10).value)).isEqualTo(Errno.EIO);
        assertThat(Client.errnoOf(one.begin(0, 10).value)).isEqualTo(Errno.EIO);
        assertFails(sync(one), Errno.EIO);
        assertFails(flush(one, 0), Errno.EIO);
        fixture.upstream.faults().release();
        assertFails(one.beginWrite(0, new byte[] {2}), Errno.EIO);
        reader.close();
        one.close();
        assertThat(sent(Operation.WRITE)).isEqualTo(1);
        byte[] content = Fixture.bytes(BLOCK, 1);
        Arrays.fill(content, 0, 3, (byte) 1);
        assertThat(client.read("f")).isEqualTo(content);
    }

    @Test
    void whatLandsLate_isReadByWhoOpenedTheFileMeanwhile() throws Exception {
        Client.Open one = client.openToWrite("f", OpenFlags.O_RDWR);
        hang(Operation.WRITE);
        Client.Answered<Integer> first = one.beginWrite(0, new byte[] {1, 1, 1});
        awaitHung();
        timeGoesBy();
        assertFails(first, Errno.ETIMEDOUT);
        try (Client.Open reader = client.open("f")) {
            assertThat(reader.read(0, BLOCK)).isEqualTo(Fixture.bytes(BLOCK, 1));
            fixture.drain();
            fixture.upstream.faults().release();
            Awaitility.await().until(() -> Arrays.equals(reader.read(0, 3), new byte[] {1, 1, 1}));
            assertThat(reader.read(0, BLOCK)).isEqualTo(fixture.side.content("f"));
        }
        one.close();
    }

    @Test
    void writeThatWaitsForAnother_isNeverSentOnceItWasAnswered() throws Exception {
        Client.Open one = client.openToWrite("f", OpenFlags.O_RDWR);
        Client.Open other = client.openToWrite("f", OpenFlags.O_RDWR);
        hang(Operation.WRITE);
        Client.Answered<Integer> first = one.beginWrite(0, new byte[] {1, 1, 1});
        awaitHung();
        Client.Answered<Integer> second = other.beginWrite(0, new byte[] {2, 2, 2});
        timeGoesBy();
        assertFails(second, Errno.ETIMEDOUT);
        assertFails(first, Errno.ETIMEDOUT);
        fixture.upstream.faults().release();
        one.close();
        other.close();
        assertThat(sent(Operation.WRITE)).isEqualTo(1);
        assertThat(head(client.read("f"), 3)).isEqualTo(new byte[] {1, 1, 1});
    }

    @Test
    void syncsAndClosesThatHang_areAnsweredInTime() throws Exception {
        for (Operation operation : new Operation[] {Operation.SYNC, Operation.FLUSH}) {
            Client.Open one = client.openToWrite("f", OpenFlags.O_RDWR);
            one.write(0, new byte[] {7, 7});
            hang(operation);
            Client.Answered<Void> answer = operation == Operation.SYNC ? sync(one) : flush(one, 0);
            awaitHung();
            timeGoesBy();
            assertFails(answer, Errno.ETIMEDOUT);
            assertFails(one.beginWrite(0, new byte[] {2}), Errno.EIO);
            fixture.upstream.faults().release();
            one.close();
            assertThat(client.read("f")).isEqualTo(fixture.side.content("f"));
        }
    }

    @Test
    void truncationsAndAllocationsThatHang_areAnsweredInTime_andLandLate() throws Exception {
        Client.Open one = client.openToWrite("f", OpenFlags.O_RDWR);
        hang(Operation.ALLOCATE);
        Client.Answered<Void> allocation = begun(reply ->
                fixture.files.fallocate(Client.CALLER, one.node, one.opened.handle(), 0, 0, 2L * BLOCK, reply));
        awaitHung();
        timeGoesBy();
        assertFails(allocation, Errno.ETIMEDOUT);
        assertThat(catchErrno(() -> one.truncate(5))).isEqualTo(Errno.EIO);
        fixture.upstream.faults().release();
        one.close();
        assertThat(client.read("f")).isEqualTo(fixture.side.content("f")).hasSize(2 * BLOCK);
        hang(Operation.TRUNCATE);
        long node = client.walk("f").node();
        Client.Answered<ValidAttributes> truncation = new Client.Answered<>();
        SetAttributes shorter = new SetAttributes(null, null, null, 10L, null, null, null);
        fixture.files.setattr(Client.CALLER, node, shorter, truncation);
        awaitHung();
        timeGoesBy();
        assertFails(truncation, Errno.ETIMEDOUT);
        fixture.upstream.faults().release();
        Awaitility.await().until(() -> client.stat("f").size() == 10);
        assertThat(client.read("f")).isEqualTo(fixture.side.content("f")).hasSize(10);
    }

    /** The unlock comes after what was written, and is not waited for any longer than that. */
    @Test
    void closeOfALockedFile_isAnsweredInTime() throws Exception {
        Client.Open one = client.openToWrite("f", OpenFlags.O_RDWR);
        assertThat(client.lock(one.posix(5, Kind.WRITE, 0, 9))).isTrue();
        hang(Operation.WRITE);
        Client.Answered<Integer> first = one.beginWrite(0, new byte[] {1, 1, 1});
        awaitHung();
        timeGoesBy();
        assertFails(first, Errno.ETIMEDOUT);
        Client.Answered<Void> close = flush(one, 5);
        Client.Open other = client.openToWrite("f", OpenFlags.O_RDWR);
        Client.Answered<Void> waiter = client.awaitLock(other.posix(6, Kind.WRITE, 0, 9));
        timeGoesBy();
        assertThat(Client.errnoOf(close.value)).isIn(Errno.ETIMEDOUT, Errno.EIO);
        assertThat(waiter.value).as("the lock stays with the write").isNotDone();
        fixture.upstream.faults().release();
        Client.get(waiter.value);
        assertThat(other.read(0, 3)).isEqualTo(new byte[] {1, 1, 1});
        other.flush(6);
        other.close();
        one.close();
    }

    /** They take all places of their lane. */
    @Test
    void writeThatHangs_isAnsweredInTime_whileUnlocksHang() throws Exception {
        fixture.calls.places(Lane.CLOSE, 2);
        List<Client.Open> locked = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            fixture.oldFile(name, new byte[] {1});
            Client.Open file = client.open(name);
            assertThat(client.lock(file.posix(5, Kind.READ, 0, 9))).isTrue();
            locked.add(file);
        }
        Client.Open one = client.openToWrite("f", OpenFlags.O_RDWR);
        fixture.upstream.faults().hang(Operation.WRITE, Operation.LOCK_SET);
        locked.forEach(file -> fixture.files.setlk(file.posix(5, Kind.UNLOCK, 0, 9), new Client.Answered<>()));
        Client.Answered<Integer> write = one.beginWrite(0, new byte[] {1, 1, 1});
        Awaitility.await().until(() -> fixture.upstream.faults().hung() == 3);
        timeGoesBy();
        assertFails(write, Errno.ETIMEDOUT);
        fixture.upstream.faults().release();
        one.close();
        for (Client.Open file : locked) {
            file.close();
        }
    }

    @Test
    void answer_doesNotWaitForTheCache_butHandlesFailBeforeIt() throws Exception {
        Client.Open one = client.openToWrite("f", OpenFlags.O_RDWR);
        Client.Open reader = client.open("f");
        hang(Operation.WRITE);
        Client.Answered<Integer> write = one.beginWrite(0, new byte[] {1, 1, 1});
        awaitHung();
        CountDownLatch slow = new CountDownLatch(1);
        fixture.volume.cookies.beforeInvalidation.set(slow);
        timeGoesBy();
        assertFails(write, Errno.ETIMEDOUT);
        assertThat(Client.errnoOf(reader.begin(0, 10).value)).isEqualTo(Errno.EIO);
        assertFails(one.beginWrite(0, new byte[] {2}), Errno.EIO);
        slow.countDown();
        fixture.upstream.faults().release();
        reader.close();
        one.close();
        assertThat(client.read("f")).isEqualTo(fixture.side.content("f"));
    }

    /** As one that cannot be told now. */
    private static final class Unlucky implements Deadlines.Awaited {
        final CompletableFuture<ErrnoException> told = new CompletableFuture<>();
        private boolean failed;

        @Override
        public synchronized void expire(ErrnoException why) {
            if (!failed) {
                failed = true;
                throw new IllegalStateException("not now");
            }
            told.complete(why);
        }
    }

    @Test
    void whoCannotBeTold_keepsNobodyElseFromIt_andIsToldLater() throws Exception {
        Deadlines deadlines = new Deadlines(fixture.files.core);
        List<Unlucky> all = List.of(new Unlucky(), new Unlucky(), new Unlucky());
        all.forEach(deadlines::begin);
        timeGoesBy();
        for (Unlucky each : all) {
            assertThat(Client.get(each.told).errno()).isEqualTo(Errno.ETIMEDOUT);
        }
    }

    @Test
    void writeAfterTheTimerHasEnded_isMade() throws Exception {
        Client.Open one = client.openToWrite("f", OpenFlags.O_RDWR);
        fixture.timer.shutdown();
        one.write(0, new byte[] {1, 1, 1});
        one.end();
    }

    @Test
    void syncThatHangs_failsItsHandleOnly() throws Exception {
        Client.Open one = client.openToWrite("f", OpenFlags.O_RDWR);
        Client.Open other = client.openToWrite("f", OpenFlags.O_RDWR);
        Client.Open reader = client.open("f");
        one.write(0, new byte[] {7, 7});
        hang(Operation.SYNC);
        Client.Answered<Void> answer = sync(one);
        awaitHung();
        timeGoesBy();
        assertFails(answer, Errno.ETIMEDOUT);
        assertFails(one.beginWrite(0, new byte[] {2}), Errno.EIO);
        assertThat(Client.errnoOf(one.begin(0, 2).value)).isEqualTo(Errno.EIO);
        assertThat(reader.read(0, 2)).isEqualTo(new byte[] {7, 7});
        other.write(0, new byte[] {8});
        fixture.upstream.faults().release();
        assertThat(reader.read(0, 2)).isEqualTo(new byte[] {8, 7});
        other.end();
        reader.close();
        one.close();
        assertThat(client.read("f")).isEqualTo(fixture.side.content("f"));
    }

    @Test
    void whatReturnsWhileItIsGivenUp_isNotToldAsDone() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        CountDownLatch passing = new CountDownLatch(1);
        CompletableFuture<Mutation<Integer>> call = new CompletableFuture<>();
        Mutation.Overdue overdue = new Mutation.Overdue() {
            @Override
            public void passed() {
                passing.countDown();
                call.join().over().toCompletableFuture().join();
                Awaitility.await().pollDelay(Duration.ofMillis(100)).until(() -> true);
            }

            @Override
            public void landed() {}
        };
        call.complete(Mutation.limited(
                new Deadlines(fixture.files.core),
                overdue,
                tree -> {
                    sent.countDown();
                    await(passing);
                    return 1;
                },
                body -> fixture.calls.run(Lane.WRITE, body)));
        await(sent);
        timeGoesBy();
        assertThat(Client.errnoOf(call.join().answer().toCompletableFuture())).isEqualTo(Errno.ETIMEDOUT);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Errno catchErrno(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return org.assertj.core.api.Assertions.catchThrowableOfType(ErrnoException.class, call)
                .errno();
    }
}
