package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.fuse.LockRequest.Kind.READ;
import static org.netcachefs.fuse.LockRequest.Kind.UNLOCK;
import static org.netcachefs.fuse.LockRequest.Kind.WRITE;

import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.OpenFlags;

/** Which descriptor upstream a lock is taken by, and that it stays with who has it. */
class LockHandlesTest extends LocksFixture {
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
}
