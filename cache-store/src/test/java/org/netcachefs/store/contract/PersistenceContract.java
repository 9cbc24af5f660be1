package org.netcachefs.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.store.contract.CacheProbe.all;
import static org.netcachefs.store.contract.CacheProbe.data;
import static org.netcachefs.store.contract.CacheProbe.key;
import static org.netcachefs.store.contract.CacheProbe.name;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheStatistics;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Extent;
import org.netcachefs.store.Volume.CookieSummary;

/** What a cache on disk still knows when it is closed and opened again. */
interface PersistenceContract extends Contract {
    /** Closes the cache and opens it again: {@link #probe} is another afterwards. */
    void reopen() throws Exception;

    @Test
    default void reopen_findsNodes() throws Exception {
        long dir = probe().node("dir");
        long file = probe().node("f", dir);
        long root = probe().root();
        probe().volume().removeChild(root, name("gone"));
        reopen();
        assertThat(probe().root()).isEqualTo(root);
        assertThat(probe().volume().child(root, name("dir"))).isEqualTo(dir);
        assertThat(probe().volume().child(dir, name("f"))).isEqualTo(file);
        assertThat(probe().volume().nodeRow(file).key()).isEqualTo(key("f"));
        assertThat(probe().volume().nodeRow(file).parent()).isEqualTo(dir);
        assertThat(probe().volume().nodeRow(file).name()).isEqualTo(name("f"));
        assertThat(probe().volume().node(key("f"), dir, name("f"))).isEqualTo(file);
        Set<Long> ids = new HashSet<>(Set.of(root, dir, file));
        for (int i = 0; i < 100; i++) {
            assertThat(ids.add(probe().node("new " + i))).isTrue();
        }
    }

    @Test
    default void reopen_findsContent() throws Exception {
        long size = 5L * probe().block() + 321;
        Cookie cookie = probe().open("f", size, 1);
        probe().fill(cookie, 1, all(size));
        cookie.relinquish();
        Cookie sparse = probe().open("sparse", 10L << 30, 1);
        ByteRange far = new ByteRange(7L << 30, 3L * probe().sector());
        probe().fill(sparse, 1, far);
        sparse.relinquish();
        CacheStatistics.Slots before = probe().cache().statistics().slots();
        reopen();
        cookie = probe().open("f", size, 1);
        probe().assertCached(cookie, 1, all(size));
        cookie.relinquish();
        sparse = probe().open("sparse", 10L << 30, 1);
        probe().assertCached(sparse, 1, far);
        assertThat(sparse.nextExtent(all(10L << 30))).isEqualTo(new Extent(all(far.start()), false));
        sparse.relinquish();
        assertThat(probe().cache().statistics().slots()).isEqualTo(before);
        assertThat(probe().volume().summary(probe().node("f")))
                .isEqualTo(new CookieSummary(data(size, 1), size, false));
    }

    @Test
    default void reopen_withAnOpenCookie_findsContent() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, all(probe().block()));
        reopen();
        cookie = probe().open("f", probe().block(), 1);
        probe().assertCached(cookie, 1, all(probe().block()));
        cookie.relinquish();
    }

    @Test
    default void reopen_underOtherData_findsAHole() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, all(probe().block()));
        cookie.relinquish();
        reopen();
        cookie = probe().open("f", probe().block(), 2);
        probe().assertHole(cookie, all(probe().block()));
        cookie.relinquish();
    }

    @Test
    default void reopen_findsNoUnsettledFill() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, cookie.beginFill(false), 1, probe().sectors(0, 9));
        probe().fill(cookie, 1, probe().sectors(10, 19));
        reopen();
        cookie = probe().open("f", probe().block(), 1);
        probe().assertHole(cookie, probe().sectors(0, 9));
        probe().assertCached(cookie, 1, probe().sectors(10, 19));
        cookie.relinquish();
    }

    @Test
    default void reopen_keepsWhatWasDroppedAway() throws Exception {
        String[] names = {"invalidated", "retired", "flushed", "flushed by directory", "kept"};
        long dir = probe().node("dir");
        for (String name : names) {
            long node = name.endsWith("directory") ? probe().node(name, dir) : probe().node(name);
            Cookie cookie = probe().volume().acquire(node, data(probe().block(), 1));
            probe().fill(cookie, 1, all(probe().block()));
            switch (name) {
                case "invalidated" -> cookie.invalidate(data(probe().block(), 1));
                case "flushed" -> probe().volume().flush(node);
                case "flushed by directory" -> probe().volume().flush(dir);
                default -> {}
            }
            if (name.equals("retired")) {
                cookie.retire();
            } else {
                cookie.relinquish();
            }
        }
        reopen();
        for (String name : names) {
            long node = name.endsWith("directory") ? probe().node(name, dir) : probe().node(name);
            Cookie cookie = probe().volume().acquire(node, data(probe().block(), 1));
            if (name.equals("kept")) {
                probe().assertCached(cookie, 1, all(probe().block()));
            } else {
                probe().assertHole(cookie, all(probe().block()));
            }
            cookie.relinquish();
        }
        probe().settle();
        assertThat(probe().cache().statistics().slots().usedBytes()).isEqualTo(probe().block());
    }

    @Test
    default void reopen_afterFlushAll_findsNothingOldAndTakesNew() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, all(probe().block()));
        probe().volume().flushAll();
        reopen();
        cookie = probe().open("f", probe().block(), 1);
        probe().assertHole(cookie, all(probe().block()));
        probe().fill(cookie, 1, all(probe().block()));
        cookie.relinquish();
        reopen();
        cookie = probe().open("f", probe().block(), 1);
        probe().assertCached(cookie, 1, all(probe().block()));
        cookie.relinquish();
    }

    @Test
    default void reopen_findsTruncatedAndUnpublishedHoles() throws Exception {
        long size = 3L * probe().block();
        Cookie cookie = probe().open("f", size, 1);
        probe().fill(cookie, 1, all(size));
        cookie.unpublish(probe().sectors(2, 3));
        long cut = probe().block() + 100L;
        cookie.truncate(cut);
        cookie.note(data(size, 2));
        cookie.relinquish();
        reopen();
        cookie = probe().open("f", size, 2);
        probe().assertCached(cookie, 1, probe().sectors(0, 1));
        probe().assertHole(cookie, probe().sectors(2, 3));
        probe().assertCached(cookie, 1, ByteRange.between(4L * probe().sector(), cut));
        probe().assertHole(cookie, ByteRange.between(cut, size));
        cookie.relinquish();
    }

    @Test
    default void reopen_findsPins() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        cookie.pin(true);
        probe().fill(cookie, 1, all(probe().block()));
        cookie.relinquish();
        reopen();
        assertThat(probe().volume().summary(probe().node("f")).pinned()).isTrue();
        assertThat(probe().cache().statistics().slots().pinned()).isEqualTo(1);
        cookie = probe().open("f", probe().block(), 1);
        assertThat(cookie.isPinned()).isTrue();
        cookie.pin(false);
        cookie.relinquish();
        reopen();
        assertThat(probe().volume().summary(probe().node("f")).pinned()).isFalse();
    }

    @Test
    default void reopen_countersStartAnew() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, all(probe().block()));
        cookie.relinquish();
        reopen();
        assertThat(probe().cache().statistics().fills()).isEqualTo(new CacheStatistics.Fills(0, 0, 0));
        assertThat(probe().cache().statistics().openCookies()).isZero();
    }

    /** Nothing published is lost to readers without its space being free again. */
    @Test
    default void reopen_afterManyThreads_countsWhatCanBeRead() throws Exception {
        int files = 8;
        long size = 10L * probe().block() - 777;
        CyclicBarrier start = new CyclicBarrier(3);
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            Random random = new Random(t);
            threads.add(CacheProbe.start(() -> {
                try {
                    start.await();
                    for (int i = 0; i < 400; i++) {
                        useOnce("f" + random.nextInt(files), size, random);
                    }
                } catch (Exception e) {
                    throw new CompletionException(e);
                }
            }));
        }
        threads.forEach(CacheProbe::await);
        probe().settle();
        for (int round = 0; round < 2; round++) {
            assertThat(probe().cache().statistics().slots().usedBytes()).isEqualTo(readable(files, size));
            reopen();
            probe().settle();
        }
    }

    private void useOnce(String name, long size, Random random) throws Exception {
        Cookie cookie = probe().open(name, size, random.nextInt(40) == 0 ? random.nextInt(3) : 1);
        long first = random.nextInt(600);
        ByteRange range = probe().sectors(first, first + random.nextInt(100)).until(size);
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) range.length());
        cookie.fill(cookie.beginFill(random.nextInt(4) > 0), range.start(), bytes, () -> {});
        switch (random.nextInt(30)) {
            case 0 -> cookie.invalidate(cookie.coherency());
            case 1 -> cookie.unpublish(range);
            case 2 -> cookie.dropUnsettled();
            case 3 -> probe().volume().flush(cookie.node());
            case 4 -> probe().volume().flushAll();
            case 5 -> cookie.truncate(range.start());
            default -> Thread.yield();
        }
        if (random.nextInt(30) == 0) {
            cookie.retire();
        } else {
            cookie.relinquish();
        }
    }

    /** Bytes of sectors that are cached of these files. */
    private long readable(int files, long size) throws Exception {
        long bytes = 0;
        for (int i = 0; i < files; i++) {
            CookieSummary summary = probe().volume().summary(probe().node("f" + i));
            if (summary != null) {
                Cookie cookie = probe().volume().acquire(probe().node("f" + i), summary.coherency());
                for (ByteRange rest = all(size); !rest.isEmpty(); ) {
                    Extent extent = cookie.nextExtent(rest);
                    long sectors =
                            probe().cache().geometry().sectorsFor(extent.range().length());
                    bytes += extent.cached() ? sectors * probe().sector() : 0;
                    rest = rest.from(extent.range().end());
                }
                cookie.relinquish();
            }
        }
        return bytes;
    }
}
