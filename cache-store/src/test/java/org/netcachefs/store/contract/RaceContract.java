package org.netcachefs.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.store.contract.CacheProbe.all;
import static org.netcachefs.store.contract.CacheProbe.data;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Cookie.FillTicket;

/**
 * One thread fills a few sectors with the newest content as fast as it can, another makes a newer content and drops what is
 * cached: once the call has returned, nothing older is ever read.
 */
interface RaceContract extends Contract {
    int SECTORS = 8;
    int ROUNDS = 3000;

    /** A way to say that nothing cached counts any more. */
    interface Drop {
        void drop(Cookie cookie, long next) throws Exception;
    }

    @Test
    default void fills_racingUnpublish_neverBringBackTheOld() throws Exception {
        race(true, (cookie, next) -> cookie.unpublish(all(probe().block())));
    }

    @Test
    default void fills_racingTruncate_neverBringBackTheOld() throws Exception {
        race(true, (cookie, next) -> cookie.truncate(0));
    }

    @Test
    default void fills_racingInvalidate_neverBringBackTheOld() throws Exception {
        race(true, (cookie, next) -> cookie.invalidate(data(probe().block(), next)));
    }

    @Test
    default void fills_racingAnOpenThatFoundOtherData_neverBringBackTheOld() throws Exception {
        race(
                true,
                (cookie, next) -> probe().volume()
                        .acquire(cookie.node(), data(probe().block(), next))
                        .relinquish());
    }

    @Test
    default void fills_racingFlush_neverBringBackTheOld() throws Exception {
        race(true, (cookie, next) -> probe().volume().flush(probe().root()));
    }

    @Test
    default void fills_racingRetire_neverBringBackTheOld() throws Exception {
        race(
                true,
                (cookie, next) -> probe().volume()
                        .acquire(cookie.node(), cookie.coherency())
                        .retire());
    }

    @Test
    default void unsettledFills_racingTheirEnd_neverBringBackTheOld() throws Exception {
        race(false, (cookie, next) -> cookie.dropUnsettled());
    }

    /** A file that is flushed while it is written stays as long as its writer says. */
    @Test
    default void sizes_racingFlush_stay() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 0);
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> flusher = CacheProbe.start(() -> flushUntil(stop, cookie.node()));
        try {
            for (long size = 1; size <= ROUNDS; size++) {
                cookie.invalidate(CoherencyData.writing(size));
                for (int look = 0; look < 3; look++) {
                    assertThat(cookie.coherency().size()).isEqualTo(size);
                }
            }
        } finally {
            stop.set(true);
            flusher.join();
        }
    }

    private void flushUntil(AtomicBoolean stop, long node) {
        try {
            while (!stop.get()) {
                probe().volume().flush(node);
            }
        } catch (CacheException e) {
            throw new CompletionException(e);
        }
    }

    private void race(boolean settled, Drop drop) throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 0);
        AtomicLong newest = new AtomicLong();
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> filler = CacheProbe.start(() -> fillUntil(stop, cookie, settled, newest));
        CompletableFuture<Void> culler = CacheProbe.start(() -> cullUntil(stop));
        try {
            for (int round = 0; round < ROUNDS; round++) {
                long next = newest.get() + 1;
                newest.set(next);
                drop.drop(cookie, next);
                for (int i = 0; i < 3 * SECTORS; i++) {
                    readNotOlder(cookie, i % SECTORS, next);
                }
            }
            CacheProbe.until(() -> readNotOlder(cookie, 0, newest.get()));
        } finally {
            stop.set(true);
            CacheProbe.await(filler);
            CacheProbe.await(culler);
        }
        cookie.relinquish();
    }

    @CanIgnoreReturnValue
    private boolean readNotOlder(Cookie cookie, int sector, long oldest) {
        byte[] bytes = probe().read(cookie, probe().sectors(sector, sector));
        if (bytes == null) {
            return false;
        }
        assertThat(ByteBuffer.wrap(bytes).getLong())
                .as("content of sector %d", sector)
                .isGreaterThanOrEqualTo(oldest);
        return true;
    }

    private void fillUntil(AtomicBoolean stop, Cookie cookie, boolean settled, AtomicLong newest) {
        Semaphore buffers = new Semaphore(6);
        for (int n = 0; !stop.get(); n++) {
            buffers.acquireUninterruptibly();
            FillTicket ticket = cookie.beginFill(settled);
            long content = newest.get();
            ByteRange range = probe().sectors(n % SECTORS, n % SECTORS);
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) range.length());
            while (bytes.hasRemaining()) {
                bytes.putLong(content);
            }
            cookie.fill(ticket, range.start(), bytes.flip(), buffers::release);
        }
        buffers.acquireUninterruptibly(6);
    }

    private void cullUntil(AtomicBoolean stop) {
        try {
            while (!stop.get()) {
                probe().cache().culler().awaitWork(Duration.ofMillis(5));
                probe().cache().culler().doWork(16);
            }
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }
}
