package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Volume;
import org.netcachefs.store.contract.CacheProbe;
import org.netcachefs.store.internal.index.Piece;

/** What is found damaged is filled anew by the fetch that follows. */
class MendingTest {
    private static final int SIZE = 256 << 10;
    private static final int FILES = 6;
    private static final CoherencyData DATA = new CoherencyData(SIZE, 1, 1);

    @TempDir
    Path base;

    private final FaultySeams seams = new FaultySeams();

    @Test
    void damageFound_andFilledAtOnce_isMended() throws Exception {
        Path directory = base.resolve("cache");
        try (OpenCache cache = seams.open(directory)) {
            for (int i = 0; i < FILES; i++) {
                Cookie cookie = acquire(cache, i);
                PersistentStoreTest.fill(cache, cookie, 0, PersistentStoreTest.bytes(i, SIZE));
                cookie.relinquish();
            }
        }
        FaultySeams.zeroData(directory);
        try (OpenCache cache = seams.open(directory)) {
            for (int i = 0; i < FILES; i++) {
                Cookie cookie = acquire(cache, i);
                findDamage(cookie);
                PersistentStoreTest.fill(cache, cookie, 0, PersistentStoreTest.bytes(i, SIZE));
                assertThat(PersistentStoreTest.readAsync(cookie, 0, SIZE))
                        .isEqualTo(PersistentStoreTest.bytes(i, SIZE));
                cookie.relinquish();
            }
        }
    }

    @Test
    void damageFoundByALateReader_sparesWhatWasFilledSince() throws Exception {
        try (OpenCache cache = seams.open(base.resolve("cache"))) {
            OpenCookie cookie = (OpenCookie) acquire(cache, 1);
            PersistentStoreTest.fill(cache, cookie, 0, PersistentStoreTest.bytes(1, SIZE));
            Verifier.Run read = runOf(cache, cookie);
            cookie.damaged(read);
            PersistentStoreTest.fill(cache, cookie, 0, PersistentStoreTest.bytes(1, SIZE));
            assertThat(runOf(cache, cookie).slot()).isNotEqualTo(read.slot());
            cookie.damaged(read);
            assertThat(PersistentStoreTest.readAsync(cookie, 0, SIZE)).isEqualTo(PersistentStoreTest.bytes(1, SIZE));
            cookie.relinquish();
        }
    }

    private static Verifier.Run runOf(OpenCache cache, OpenCookie cookie) throws Exception {
        long id = cookie.state().id();
        Piece piece = cache.engine().index.block(id, 0).pieces().get(0);
        return new Verifier.Run(id, 0, 0, piece.slot(), 0, Long.bitCount(piece.blockMask()));
    }

    /** Reads until one read has found it: nobody waits for what comes of that. */
    private static void findDamage(Cookie cookie) {
        ByteBuffer to = ByteBuffer.allocateDirect(SIZE);
        Awaitility.await().atMost(CacheProbe.PATIENCE).until(() -> {
            cookie.nextExtent(new ByteRange(0, SIZE));
            return cookie.tryRead(0, SIZE, to.clear()) == Cookie.ReadOutcome.FAILED;
        });
    }

    private static Cookie acquire(OpenCache cache, int number) throws Exception {
        Volume volume = cache.volume(PersistentStoreTest.KEY);
        return volume.acquire(PersistentStoreTest.file(volume, "file" + number), DATA);
    }
}
