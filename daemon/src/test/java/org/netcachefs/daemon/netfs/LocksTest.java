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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.ByteLock;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockState;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Reply;

/** Locks taken through the mount hold upstream, and whoever has one reads what upstream has. */
class LocksTest {
    private static final int BLOCK = Fixture.BLOCK;
    private static final long MINE = 101;
    private static final long OTHERS = 102;

    private Fixture fixture;
    private Client client;
    private Client.Open file;
    private final Notices notices = new Notices();

    @BeforeEach
    void setUp() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
        fixture.files.init(notices);
        client = fixture.client;
        fixture.oldFile("f", Fixture.bytes(BLOCK, 1));
        file = client.openToWrite("f", OpenFlags.O_RDWR);
    }

    @AfterEach
    void tearDown() throws Exception {
        file.close();
        Awaitility.await().until(() -> fixture.files.locks.size() == 0);
        assertThat(fixture.files.locks.files()).isZero();
        fixture.close();
    }

    /** Another program beside the mount. */
    private DataHandle foreign() throws ErrnoException {
        return foreign("f", OpenFlags.O_RDWR);
    }

    private DataHandle foreign(String name, int access) throws ErrnoException {
        try (PathHandle path = fixture.memory.open(fixture.memory.root(), FileName.of(name))) {
            return fixture.memory.locks().open(path, access);
        }
    }

    private boolean foreignLock(DataHandle by, LockRequest.Kind kind, long start, long end) throws ErrnoException {
        return fixture.memory.locks().set(by, new ByteLock(kind, start, end));
    }

    private long sent(Operation operation) {
        return fixture.upstream.faults().count(operation);
    }

    @Test
    void ranges_excludeOtherOwners_whereTheyOverlapAndOneIsForWriting() throws Exception {
        assertThat(client.lock(file.posix(MINE, WRITE, 0, 9))).isTrue();
        assertThat(client.lock(file.posix(OTHERS, READ, 9, 9))).isFalse();
        assertThat(client.lock(file.posix(OTHERS, WRITE, 10, 19))).isTrue();
        assertThat(client.lock(file.posix(MINE, READ, 0, 9))).isTrue();
        assertThat(client.lock(file.posix(OTHERS, READ, 5, 5))).isTrue();
        assertThat(client.lock(file.posix(MINE, WRITE, 0, 9))).isFalse();
        assertThat(client.lock(file.posix(OTHERS, UNLOCK, 0, Long.MAX_VALUE))).isTrue();
        assertThat(client.lock(file.posix(MINE, WRITE, 0, Long.MAX_VALUE))).isTrue();
        try (DataHandle foreign = foreign()) {
            assertThat(foreignLock(foreign, READ, 1000, 1000)).isFalse();
        }
    }

    @Test
    void oneOwner_isNotInItsOwnWay_byWhicheverHandle() throws Exception {
        try (Client.Open again = client.openToWrite("f", OpenFlags.O_RDWR)) {
            assertThat(client.lock(file.posix(MINE, WRITE, 0, 9))).isTrue();
            assertThat(client.lock(again.posix(MINE, WRITE, 0, 9))).isTrue();
            assertThat(client.query(again.posix(MINE, WRITE, 0, 9)).kind()).isEqualTo(UNLOCK);
            again.flush(MINE);
            assertThat(client.lock(file.posix(OTHERS, WRITE, 0, 9)))
                    .as("any close drops them all")
                    .isTrue();
            file.flush(OTHERS);
        }
    }

    @Test
    void query_tellsWhoIsInTheWay() throws Exception {
        assertThat(client.lock(file.posix(MINE, WRITE, 5, 9))).isTrue();
        LockState ours = client.query(file.posix(OTHERS, READ, 0, 100));
        assertThat(ours).isEqualTo(new LockState(WRITE, 5, 9, Client.CALLER.pid()));
        try (DataHandle foreign = foreign()) {
            assertThat(foreignLock(foreign, READ, 20, 29)).isTrue();
            assertThat(client.query(file.posix(OTHERS, READ, 20, 20)).kind()).isEqualTo(UNLOCK);
            assertThat(client.query(file.posix(OTHERS, WRITE, 20, 20)).endInclusive())
                    .isEqualTo(29);
            assertThat(client.query(file.posix(MINE, WRITE, 0, 100)).start()).isEqualTo(20);
        }
    }

    @Test
    void flush_dropsTheLocksOfItsOwner_andCostsOthersNothing() throws Exception {
        assertThat(client.lock(file.posix(MINE, WRITE, 0, 9))).isTrue();
        assertThat(client.lock(file.posix(OTHERS, WRITE, 10, 19))).isTrue();
        file.flush(MINE);
        try (DataHandle foreign = foreign()) {
            assertThat(foreignLock(foreign, WRITE, 0, 9)).isTrue();
            assertThat(foreignLock(foreign, WRITE, 10, 10)).isFalse();
        }
        long calls = fixture.upstream.faults().calls();
        assertThat(client.lock(file.posix(MINE, UNLOCK, 0, Long.MAX_VALUE))).isTrue();
        file.flush(MINE);
        assertThat(client.lock(file.posix(77, UNLOCK, 0, Long.MAX_VALUE))).isTrue();
        assertThat(sent(Operation.LOCK_SET)).isEqualTo(2);
        assertThat(fixture.upstream.faults().calls()).isEqualTo(calls);
    }

    @Test
    void release_dropsWhatWasLockedThroughItsHandle() throws Exception {
        Client.Open again = client.openToWrite("f", OpenFlags.O_RDWR);
        assertThat(client.lock(again.posix(OTHERS, WRITE, 0, 9))).isTrue();
        assertThat(client.lock(again.flock(WRITE))).isTrue();
        Client.Answered<Void> range = client.awaitLock(file.posix(MINE, WRITE, 0, 9));
        Client.Answered<Void> whole = client.awaitLock(file.flock(WRITE));
        assertThat(range.value).isNotDone();
        assertThat(whole.value).isNotDone();
        again.close();
        Client.get(range.value);
        Client.get(whole.value);
    }

    @Test
    void flocks_areOfTheHandle_andApartFromRanges() throws Exception {
        try (Client.Open again = client.open("f")) {
            assertThat(client.lock(file.posix(MINE, WRITE, 0, Long.MAX_VALUE))).isTrue();
            assertThat(client.lock(file.flock(WRITE))).isTrue();
            assertThat(client.lock(file.flock(WRITE))).isTrue();
            assertThat(client.lock(again.flock(READ))).isFalse();
            assertThat(client.lock(file.flock(READ))).isTrue();
            assertThat(client.lock(again.flock(READ))).isTrue();
            assertThat(client.lock(file.flock(UNLOCK))).isTrue();
            assertThat(client.lock(again.flock(WRITE)))
                    .as("by a handle for reading")
                    .isTrue();
        }
    }

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
    void unlock_hasMappedChangesWrittenBefore_whereThereMayBeAny() throws Exception {
        assertThat(isToldToWrite(file, READ)).as("locked for reading").isFalse();
        assertThat(isToldToWrite(file, WRITE)).isTrue();
        file.close();
        try (Client.Open only = client.openToWrite("f", OpenFlags.O_WRONLY)) {
            assertThat(isToldToWrite(only, WRITE))
                    .as("nobody can map it to write")
                    .isFalse();
        }
        file = client.openToWrite("f", OpenFlags.O_RDWR);
    }

    /** Whether the kernel is to drop the file's pages, which it writes before, when a lock of this kind is given back. */
    private boolean isToldToWrite(Client.Open by, LockRequest.Kind kind) throws Exception {
        assertThat(client.lock(by.posix(MINE, kind, 0, 9))).isTrue();
        notices.offsets.clear();
        assertThat(client.lock(by.posix(MINE, UNLOCK, 5, 9))).isTrue();
        boolean told = notices.offsets.contains(0L);
        by.flush(MINE);
        return told;
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
        notices.answer = dropped;
        Client.Answered<Void> lock = client.awaitLock(file.posix(MINE, WRITE, 0, 9));
        Awaitility.await().until(() -> notices.offsets.size() == 1);
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

    @Test
    void unlock_comesAfterWhatWasWritten() throws Exception {
        assertThat(client.lock(file.posix(MINE, WRITE, 0, 9))).isTrue();
        fixture.upstream.faults().hang(Operation.WRITE);
        Client.Answered<Integer> write = file.beginWrite(0, new byte[] {7});
        Client.Answered<Void> unlock = new Client.Answered<>();
        fixture.files.setlk(file.posix(MINE, UNLOCK, 0, 9), unlock);
        Awaitility.await().until(() -> fixture.upstream.faults().hung() == 1);
        assertThat(unlock.value).isNotDone();
        try (DataHandle foreign = foreign()) {
            assertThat(foreignLock(foreign, WRITE, 0, 9)).isFalse();
            fixture.upstream.faults().release();
            Client.get(unlock.value);
            assertThat(Client.get(write.value))
                    .as("upstream, if not answered, before")
                    .isEqualTo(1);
            assertThat(foreignLock(foreign, WRITE, 0, 9)).isTrue();
        }
    }

    @Test
    void fileThatIsDeleted_canBeLocked() throws Exception {
        file.read(0, 10);
        fixture.side.delete("f");
        assertThat(client.lock(file.posix(MINE, WRITE, 0, 9))).isTrue();
        assertThat(client.lock(file.posix(OTHERS, WRITE, 0, 9))).isFalse();
        assertThat(client.lock(file.flock(WRITE))).isTrue();
    }

    @Test
    void readOnlyFile_takesTheLocksThatReadersMayHave() throws Exception {
        fixture.side.mode("f", 0444);
        try (Client.Open reader = client.open("f")) {
            assertThat(client.lock(reader.posix(MINE, READ, 0, 9))).isTrue();
            assertThat(client.lock(reader.flock(WRITE))).isTrue();
        }
    }

    @Test
    void fileMadeReadOnly_isLockedByWhoMadeIt_oneOwnerAtATime() throws Exception {
        try (Client.Open made = client.create("g", OpenFlags.O_RDWR, 0444);
                DataHandle foreign = foreign("g", 0)) {
            assertThat(client.lock(made.posix(MINE, WRITE, 0, 9))).isTrue();
            assertThat(foreignLock(foreign, READ, 5, 5)).isFalse();
            assertThat(client.lock(made.flock(WRITE))).isTrue();
            Client.Answered<Void> second = client.awaitLock(made.posix(OTHERS, WRITE, 20, 29));
            assertThat(Client.errnoOf(second.value)).isEqualTo(Errno.ENOLCK);
            made.flush(MINE);
            assertThat(foreignLock(foreign, READ, 5, 5)).isTrue();
            assertThat(client.lock(made.posix(OTHERS, WRITE, 20, 29))).isTrue();
            assertThat(foreignLock(foreign, READ, 20, 20)).isFalse();
            made.flush(OTHERS);
            assertThat(foreignLock(foreign, READ, 20, 20)).isTrue();
        }
    }

    @Test
    void locksThatCannotAllBeTakenOver_areNotLeftWithTheOpenFile() throws Exception {
        try (Client.Open made = client.create("g", OpenFlags.O_RDWR, 0444)) {
            assertThat(client.lock(made.posix(MINE, READ, 0, 9))).isTrue();
            assertThat(client.lock(made.posix(MINE, READ, 20, 29))).isTrue();
            fixture.upstream.faults().fail(Operation.LOCK_SET, 2, Errno.ENOLCK);
            Client.Answered<Void> lock = client.awaitLock(made.posix(MINE, WRITE, 5, 24));
            assertThat(Client.errnoOf(lock.value)).isEqualTo(Errno.ENOLCK);
            fixture.side.mode("g", 0666);
            try (DataHandle foreign = foreign("g", OpenFlags.O_RDWR)) {
                assertThat(foreignLock(foreign, WRITE, 0, 9)).isFalse();
                assertThat(client.lock(made.posix(MINE, UNLOCK, 0, Long.MAX_VALUE)))
                        .isTrue();
                assertThat(foreignLock(foreign, WRITE, 0, 9)).isTrue();
            }
        }
    }

    @Test
    void writeOnlyHandle_isNotWhatAReaderLocksBy() throws Exception {
        try (Client.Open made = client.create("g", OpenFlags.O_WRONLY, 0444)) {
            assertThat(client.lock(made.posix(MINE, WRITE, 0, 9))).isTrue();
            assertThat(client.lock(made.posix(MINE, UNLOCK, 0, 9))).isTrue();
            try (Client.Open reader = client.open("g");
                    DataHandle foreign = foreign("g", 0)) {
                assertThat(client.lock(reader.posix(MINE, READ, 0, 9))).isTrue();
                assertThat(foreignLock(foreign, READ, 0, 9)).isTrue();
                reader.flush(MINE);
            }
        }
    }

    /** What is open for writing cannot be run meanwhile. */
    @Test
    void reader_isLockedByADescriptorForReading_untilItsOwnerWrites() throws Exception {
        try (Client.Open reader = client.open("f")) {
            assertThat(client.lock(reader.flock(WRITE))).isTrue();
            assertThat(client.lock(reader.posix(MINE, READ, 0, 9))).isTrue();
            assertThat(client.lock(reader.posix(MINE, READ, 20, 29))).isTrue();
            assertThat(fixture.memory.locksForWriting("f")).isZero();
            assertThat(client.lock(file.posix(MINE, WRITE, 5, 24))).isTrue();
            try (DataHandle foreign = foreign()) {
                assertThat(foreignLock(foreign, WRITE, 0, 0)).isFalse();
                assertThat(foreignLock(foreign, WRITE, 29, 29)).isFalse();
                assertThat(foreignLock(foreign, READ, 10, 10)).isFalse();
                assertThat(foreignLock(foreign, READ, 0, 0)).isTrue();
            }
            assertThat(fixture.files.locks.size()).isEqualTo(2);
            file.flush(MINE);
            try (DataHandle foreign = foreign()) {
                assertThat(foreignLock(foreign, WRITE, 0, 100)).isTrue();
            }
        }
    }

    @Test
    void failedCall_isTold_andLocksNothing() throws Exception {
        fixture.upstream.faults().fail(Operation.LOCK_SET, 1, Errno.ENOLCK);
        Client.Answered<Void> lock = client.awaitLock(file.posix(MINE, WRITE, 0, 9));
        assertThat(Client.errnoOf(lock.value)).isEqualTo(Errno.ENOLCK);
        assertThat(client.lock(file.posix(OTHERS, WRITE, 0, 9))).isTrue();
    }

    @Test
    void lock_ofAnUnchangedFile_keepsWhatIsCached() throws Exception {
        try (Client.Open reader = client.open("f")) {
            byte[] content = reader.read(0, BLOCK);
            fixture.drain();
            long before = fixture.upstreamBytes();
            assertThat(client.lock(reader.posix(MINE, READ, 0, 9))).isTrue();
            assertThat(reader.read(0, BLOCK)).isEqualTo(content);
            assertThat(fixture.upstreamBytes()).isEqualTo(before);
            assertThat(notices.offsets).containsExactly(-1L);
        }
    }

    @Test
    void lock_showsAChangeMadeBesideTheMount_alsoToWhoHasItOpen() throws Exception {
        try (Client.Open reader = client.open("f")) {
            reader.read(0, BLOCK);
            fixture.drain();
            fixture.clock.pass(java.time.Duration.ofSeconds(10));
            fixture.side.write("f", 500, new byte[] {7, 7, 7});
            fixture.side.write("f", BLOCK, new byte[] {8});
            assertThat(client.lock(reader.posix(MINE, READ, 0, 9))).isTrue();
            assertThat(reader.read(500, 3)).isEqualTo(new byte[] {7, 7, 7});
            assertThat(reader.read(BLOCK, 10)).isEqualTo(new byte[] {8});
            assertThat(notices.offsets).containsExactly(0L);
        }
    }

    @Test
    void lock_showsAChangeOfTheSameMoment_behindWhatWasWrittenHere() throws Exception {
        file.write(0, Fixture.bytes(BLOCK, 2));
        file.flush();
        fixture.drain();
        fixture.side.write("f", 500, new byte[] {7, 7, 7}); // same size, same tick
        assertThat(file.read(500, 3))
                .as("what opens believe")
                .isEqualTo(java.util.Arrays.copyOfRange(Fixture.bytes(BLOCK, 2), 500, 503));
        assertThat(client.lock(file.posix(MINE, WRITE, 0, 9))).isTrue();
        assertThat(file.read(500, 3)).isEqualTo(new byte[] {7, 7, 7});
        assertThat(notices.offsets).containsExactly(0L);
    }

    @Test
    void lock_showsAChangeOfTheSameMoment_amidWrites() throws Exception {
        assertThat(client.lock(file.posix(MINE, WRITE, 0, 9))).isTrue();
        for (int round = 0; round < 20; round++) {
            file.write(0, Fixture.bytes(1000, round));
            assertThat(client.lock(file.posix(MINE, UNLOCK, 0, 9))).isTrue();
            byte[] foreign = {(byte) round, 7, 7};
            fixture.side.write("f", 500, foreign); // same size, same tick
            assertThat(client.lock(file.posix(MINE, WRITE, 0, 9))).isTrue();
            assertThat(file.read(500, 3)).isEqualTo(foreign);
        }
    }

    @Test
    void lock_isAnswered_onlyWhenTheKernelHasDroppedItsPages() throws Exception {
        CompletableFuture<Boolean> dropped = new CompletableFuture<>();
        notices.answer = dropped;
        Client.Answered<Void> lock = client.awaitLock(file.posix(MINE, WRITE, 0, 9));
        Awaitility.await().until(() -> notices.offsets.size() == 1);
        assertThat(lock.value).isNotDone();
        dropped.complete(true);
        Client.get(lock.value);
    }

    @Test
    void lock_whoseCheckFails_isGranted_andNothingCachedIsBelieved() throws Exception {
        try (Client.Open reader = client.open("f")) {
            reader.read(0, BLOCK);
            fixture.drain();
            fixture.side.write("f", 500, new byte[] {7, 7, 7});
            fixture.upstream.faults().fail(Operation.FORCED_STATUS, 1, Errno.EIO);
            assertThat(client.lock(reader.posix(MINE, READ, 0, 9))).isTrue();
            assertThat(reader.read(500, 3)).isEqualTo(new byte[] {7, 7, 7});
            assertThat(notices.offsets).containsExactly(0L);
        }
    }
}
