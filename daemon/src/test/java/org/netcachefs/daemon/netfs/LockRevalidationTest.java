package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.fuse.LockRequest.Kind.READ;
import static org.netcachefs.fuse.LockRequest.Kind.UNLOCK;
import static org.netcachefs.fuse.LockRequest.Kind.WRITE;

import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.OpenFlags;

/** Whoever has a lock reads what upstream has, and an unlock leaves there what was written. */
class LockRevalidationTest extends LocksFixture {
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
        Client.Answered<Void> lock = lockThatWaitsForTheKernel(dropped);
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
