package org.netcachefs.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.netcachefs.store.contract.CacheProbe.all;
import static org.netcachefs.store.contract.CacheProbe.await;
import static org.netcachefs.store.contract.CacheProbe.data;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.Cookie;

/** A closed cache refuses with a word, gives everything back, and never fails a reader. */
interface LifecycleContract extends Contract {
    @Test
    default void close_again_isNothing() {
        probe().cache().close();
        probe().cache().close();
    }

    @Test
    default void drain_ofNothing_completes() {
        await(probe().cache().drain());
    }

    @Test
    default void close_finishesTheFillsQueued() throws Exception {
        AtomicInteger released = new AtomicInteger();
        Cookie cookie = probe().open("f", 40L * probe().block(), 1);
        ByteBuffer bytes = ByteBuffer.allocateDirect(probe().block());
        for (int i = 0; i < 40; i++) {
            cookie.fill(cookie.beginFill(true), (long) i * probe().block(), bytes, released::incrementAndGet);
        }
        probe().cache().close();
        assertThat(released).hasValue(40);
    }

    @Test
    default void closedCache_isOffline() throws Exception {
        long node = probe().node("f");
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, all(probe().block()));
        probe().cache().close();
        assertOffline(() -> probe().cache().volume(CacheProbe.VOLUME));
        assertOffline(() -> probe().volume().acquire(node, data(1, 1)));
        assertOffline(() -> probe().volume().flushAll());
        assertOffline(() -> cookie.invalidate(data(1, 1)));
        AtomicInteger released = new AtomicInteger();
        ByteBuffer bytes = ByteBuffer.allocateDirect(probe().block());
        assertThat(cookie.fill(cookie.beginFill(true), 0, bytes, released::incrementAndGet))
                .isFalse();
        assertThat(released).hasValue(1);
        ByteBuffer to = ByteBuffer.allocateDirect(probe().block());
        assertThat(cookie.tryRead(0, probe().block(), to))
                .isIn(Cookie.ReadOutcome.HOLE, Cookie.ReadOutcome.FAILED, Cookie.ReadOutcome.WOULD_BLOCK);
        assertThat(to.position()).isZero();
        AtomicInteger failed = new AtomicInteger();
        cookie.read(0, probe().block(), new Cookie.ReadDone() {
            @Override
            public void ok(ByteBuffer read, Runnable release) {
                throw new AssertionError("read from a closed cache");
            }

            @Override
            public void failed(Cookie.ReadOutcome outcome) {
                failed.incrementAndGet();
            }
        });
        CacheProbe.until(() -> failed.get() == 1);
        cookie.relinquish();
    }

    private static void assertOffline(ThrowingCallable call) {
        CacheException refused = catchThrowableOfType(CacheException.class, call);
        assertThat(refused.reason()).isEqualTo(CacheException.Reason.OFFLINE);
        assertThat(refused.getMessage()).isNotBlank().doesNotContain("\n");
    }
}
