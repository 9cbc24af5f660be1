package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.fuse.LockRequest.Kind.READ;
import static org.netcachefs.fuse.LockRequest.Kind.UNLOCK;
import static org.netcachefs.fuse.LockRequest.Kind.WRITE;

import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.LockState;
import org.netcachefs.fuse.OpenFlags;

/** Locks taken through the mount hold upstream. */
class LocksTest extends LocksFixture {
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

    @Test
    void failedCall_isTold_andLocksNothing() throws Exception {
        fixture.upstream.faults().fail(Operation.LOCK_SET, 1, Errno.ENOLCK);
        Client.Answered<Void> lock = client.awaitLock(file.posix(MINE, WRITE, 0, 9));
        assertThat(Client.errnoOf(lock.value)).isEqualTo(Errno.ENOLCK);
        assertThat(client.lock(file.posix(OTHERS, WRITE, 0, 9))).isTrue();
    }
}
