package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.fuse.LockRequest.Kind.READ;
import static org.netcachefs.fuse.LockRequest.Kind.UNLOCK;
import static org.netcachefs.fuse.LockRequest.Kind.WRITE;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Reply;

/** Who waits for a lock gets it in turn, or gives up. */
class LockWaitsTest extends LocksFixture {
    /** The kernel's message of a last close comes after close(2) has returned. */
    @Test
    void lockOfWhatIsJustBeingClosed_isWaitedFor_forAMoment() throws Exception {
        Client.Open closed = client.open("f");
        assertThat(client.lock(closed.flock(WRITE))).isTrue();
        closed.flush();
        Client.Answered<Void> wanted = client.tryLock(file.flock(WRITE));
        assertThat(wanted.value).isNotDone();
        closed.close();
        Client.get(wanted.value);
        file.flush(); // of a descriptor that shares the open file, which stays
        try (Client.Open again = client.open("f")) {
            assertThat(client.lock(again.flock(WRITE))).isFalse();
            assertThat(client.lock(again.flock(READ))).isFalse();
        }
    }

    @Test
    void flocksOfTwoReaders_areUpgradedOneAfterTheOther() throws Exception {
        try (Client.Open again = client.open("f")) {
            assertThat(client.lock(file.flock(READ))).isTrue();
            assertThat(client.lock(again.flock(READ))).isTrue();
            Client.Answered<Void> first = client.awaitLock(file.flock(WRITE));
            Client.get(client.awaitLock(again.flock(WRITE)).value);
            assertThat(first.value).isNotDone();
            assertThat(client.lock(again.flock(UNLOCK))).isTrue();
            Client.get(first.value);
        }
    }

    @Test
    void waiters_getTheLockInTheOrderTheyCame() throws Exception {
        assertThat(client.lock(file.posix(1, WRITE, 0, 9))).isTrue();
        List<Client.Answered<Void>> waiters = new CopyOnWriteArrayList<>();
        for (long owner = 2; owner < 10; owner++) {
            waiters.add(client.awaitLock(file.posix(owner, WRITE, 0, 9)));
        }
        long tried = sent(Operation.LOCK_SET);
        for (int i = 0; i < waiters.size(); i++) {
            assertThat(client.lock(file.posix(1 + i, UNLOCK, 0, 9))).isTrue();
            Client.get(waiters.get(i).value);
            for (Client.Answered<Void> later : waiters.subList(i + 1, waiters.size())) {
                assertThat(later.value).isNotDone();
            }
        }
        assertThat(sent(Operation.LOCK_SET) - tried)
                .as("nobody is asked for what is known to be taken")
                .isEqualTo(2 * waiters.size());
    }

    @Test
    void waiter_getsWhatAProgramBesideTheMountUnlocks() throws Exception {
        try (DataHandle foreign = foreign()) {
            assertThat(foreignLock(foreign, WRITE, 0, 9)).isTrue();
            Client.Answered<Void> waiter = client.awaitLock(file.posix(MINE, READ, 5, 5));
            Awaitility.await().until(() -> sent(Operation.LOCK_SET) > 3);
            assertThat(waiter.value).isNotDone();
            assertThat(foreignLock(foreign, UNLOCK, 0, 9)).isTrue();
            Client.get(waiter.value);
            assertThat(foreignLock(foreign, WRITE, 5, 5)).isFalse();
        }
    }

    @Test
    void manyWaiters_forWhatAProgramBesideTheMountHas_costOneCallARound_andAllGetIt() throws Exception {
        int many = 3000;
        List<Client.Answered<Void>> waiters = new ArrayList<>();
        try (DataHandle foreign = foreign()) {
            assertThat(foreignLock(foreign, WRITE, 0, 9)).isTrue();
            for (long owner = 1; owner <= many; owner++) {
                waiters.add(client.awaitLock(file.posix(owner, READ, 0, 9)));
            }
            Awaitility.await().until(() -> sent(Operation.LOCK_SET) >= many);
            long asked = sent(Operation.LOCK_SET);
            long start = System.nanoTime();
            Awaitility.await().until(() -> sent(Operation.LOCK_SET) >= asked + 3);
            long rounds = 10 + (System.nanoTime() - start) / 1_000_000;
            assertThat(sent(Operation.LOCK_SET) - asked).isLessThan(rounds);
        }
        for (Client.Answered<Void> waiter : waiters) {
            Client.get(waiter.value);
        }
        for (long owner = 1; owner <= many; owner++) {
            file.flush(owner);
        }
    }

    @Test
    void interruptedWaiter_isToldSo_andGetsNothing() throws Exception {
        assertThat(client.lock(file.posix(MINE, WRITE, 0, 9))).isTrue();
        Client.Answered<Void> waiter = client.awaitLock(file.posix(OTHERS, WRITE, 0, 9));
        waiter.interrupt.run();
        assertThat(Client.errnoOf(waiter.value)).isEqualTo(Errno.EINTR);
        assertThat(client.lock(file.posix(MINE, UNLOCK, 0, 9))).isTrue();
        try (DataHandle foreign = foreign()) {
            assertThat(foreignLock(foreign, WRITE, 0, 9)).isTrue();
        }
    }

    @Test
    void lockThatIsNotSentYet_canBeInterrupted() throws Exception {
        fixture.calls.busy(true);
        Client.Answered<Void> waiter = client.awaitLock(file.posix(MINE, WRITE, 0, 9));
        assertThat(waiter.value).isNotDone();
        waiter.interrupt.run();
        assertThat(Client.errnoOf(waiter.value)).isEqualTo(Errno.EINTR);
        fixture.calls.busy(false);
        fixture.calls.giveThreads();
        assertThat(client.lock(file.posix(OTHERS, WRITE, 0, 9))).isTrue();
        assertThat(sent(Operation.LOCK_SET)).isEqualTo(1);
    }

    @Test
    void grantAfterAnInterrupt_isUndone() throws Exception {
        fixture.upstream.faults().hang(Operation.LOCK_SET);
        Client.Answered<Void> waiter = client.awaitLock(file.posix(MINE, WRITE, 0, 9));
        Awaitility.await().until(() -> fixture.upstream.faults().hung() == 1);
        waiter.interrupt.run();
        assertThat(waiter.value).isNotDone();
        fixture.upstream.faults().release();
        assertThat(Client.errnoOf(waiter.value)).isEqualTo(Errno.EINTR);
        assertThat(client.lock(file.posix(OTHERS, WRITE, 0, 9))).isTrue();
    }

    @Test
    void waiterForTheKernel_canBeInterrupted_andHasNoLockThen() throws Exception {
        CompletableFuture<Boolean> dropped = new CompletableFuture<>();
        Client.Answered<Void> lock = lockThatWaitsForTheKernel(dropped);
        lock.interrupt.run();
        assertThat(Client.errnoOf(lock.value)).isEqualTo(Errno.EINTR);
        notices.answer = CompletableFuture.completedFuture(true);
        assertThat(client.lock(file.posix(OTHERS, WRITE, 0, 9))).isTrue();
        dropped.complete(true);
        try (DataHandle foreign = foreign()) {
            assertThat(foreignLock(foreign, WRITE, 0, 9)).isFalse();
        }
        assertThat(client.lock(file.posix(MINE, WRITE, 0, 9))).isFalse();
    }

    @Test
    void newcomers_whoComeWithAnUnlock_doNotOvertakeWhoWaits() throws Exception {
        assertThat(client.lock(file.posix(MINE, WRITE, 0, 9))).isTrue();
        Client.Answered<Void> waiter = client.awaitLock(file.posix(OTHERS, WRITE, 0, 9));
        fixture.upstream.faults().hang(Operation.LOCK_SET);
        fixture.files.setlk(file.posix(MINE, UNLOCK, 0, 9), new Client.Answered<>());
        Awaitility.await().until(() -> fixture.upstream.faults().hung() == 1);
        Client.Answered<Void> passing = new Client.Answered<>();
        fixture.files.setlk(file.posix(77, WRITE, 5, 5), passing);
        Client.Answered<Void> last = client.awaitLock(file.posix(78, WRITE, 0, 9));
        Client.Answered<Void> apart = client.awaitLock(file.posix(79, WRITE, 10, 19));
        fixture.upstream.faults().release();
        Client.get(waiter.value);
        assertThat(Client.errnoOf(passing.value)).isEqualTo(Errno.EAGAIN);
        Client.get(apart.value);
        assertThat(last.value).isNotDone();
        assertThat(client.lock(file.posix(OTHERS, UNLOCK, 0, 9))).isTrue();
        Client.get(last.value);
    }

    /** Or both would wait for ever. */
    @Test
    void whoHasAPart_getsMore_thoughAnotherWaitsForAll() throws Exception {
        assertThat(client.lock(file.posix(MINE, WRITE, 50, 50))).isTrue();
        Client.Answered<Void> waiter = client.awaitLock(file.posix(OTHERS, WRITE, 0, 100));
        Client.get(client.awaitLock(file.posix(MINE, WRITE, 0, 9)).value);
        assertThat(waiter.value).isNotDone();
        file.flush(MINE);
        Client.get(waiter.value);
    }

    /** Of one who is gone when the answer comes. */
    private static final class Refusing implements Reply<Void> {
        final CompletableFuture<Boolean> asked = new CompletableFuture<>();

        @Override
        public boolean ok(Void value) {
            asked.complete(true);
            return false;
        }

        @Override
        public boolean error(Errno errno) {
            asked.complete(false);
            return false;
        }

        @Override
        public void onInterrupt(Runnable action) {}
    }

    @Test
    void grantThatNobodyTakes_leavesTheOwnerWhatItHad() throws Exception {
        assertThat(client.lock(file.posix(MINE, READ, 0, 9))).isTrue();
        assertThat(client.lock(file.posix(MINE, WRITE, 30, 39))).isTrue();
        Refusing reply = new Refusing();
        fixture.files.setlk(file.posix(MINE, WRITE, 0, 49), reply);
        assertThat(reply.asked.get()).isTrue();
        try (DataHandle foreign = foreign()) {
            Awaitility.await().until(() -> foreignLock(foreign, WRITE, 10, 29));
            Awaitility.await().until(() -> foreignLock(foreign, WRITE, 40, 49));
            assertThat(foreignLock(foreign, READ, 0, 9)).isTrue();
            assertThat(foreignLock(foreign, WRITE, 0, 9)).isFalse();
            assertThat(foreignLock(foreign, READ, 39, 39)).isFalse();
        }
    }
}
