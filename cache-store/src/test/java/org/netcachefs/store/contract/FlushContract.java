package org.netcachefs.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.store.contract.CacheProbe.all;
import static org.netcachefs.store.contract.CacheProbe.data;
import static org.netcachefs.store.contract.CacheProbe.key;
import static org.netcachefs.store.contract.CacheProbe.name;

import org.junit.jupiter.api.Test;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Volume;
import org.netcachefs.store.Volume.CookieSummary;
import org.netcachefs.store.VolumeKey;

/** A flush drops a file, a tree or all: at once for readers, its space soon. */
interface FlushContract extends Contract {
    private void fillClosed(long node) throws Exception {
        Cookie cookie = probe().volume().acquire(node, data(probe().block(), 1));
        probe().fill(cookie, 1, all(probe().block()));
        cookie.relinquish();
    }

    private void assertClosed(long node, boolean cached) throws Exception {
        CookieSummary summary = probe().volume().summary(node);
        assertThat(summary == null ? 0 : summary.cachedBytes()).isEqualTo(cached ? probe().block() : 0);
        Cookie cookie = probe().volume().acquire(node, data(probe().block(), 1));
        if (cached) {
            probe().assertCached(cookie, 1, all(probe().block()));
        } else {
            probe().assertHole(cookie, all(probe().block()));
        }
        cookie.relinquish();
    }

    @Test
    default void flush_ofAClosedFile_dropsItAlone() throws Exception {
        fillClosed(probe().node("a"));
        fillClosed(probe().node("b"));
        probe().volume().flush(probe().node("a"));
        assertClosed(probe().node("a"), false);
        assertClosed(probe().node("b"), true);
        probe().settle();
        assertThat(probe().cache().statistics().slots().usedBytes()).isEqualTo(probe().block());
        assertThat(probe().cache().statistics().cull().flushed()).isPositive();
    }

    @Test
    default void flush_ofAnOpenFile_isSeenByItsReaders() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, all(probe().block()));
        probe().volume().flush(cookie.node());
        probe().assertHole(cookie, all(probe().block()));
        probe().fill(cookie, 1, all(probe().block()));
        probe().assertCached(cookie, 1, all(probe().block()));
        cookie.relinquish();
        assertClosed(probe().node("f"), true);
    }

    @Test
    default void flush_ofADirectory_dropsAllBelow() throws Exception {
        long dir = probe().node("dir");
        long sub = probe().node("sub", dir);
        long other = probe().node("other");
        long[] below = {probe().node("a", dir), probe().node("b", sub), probe().node("c", sub)};
        long[] beside = {probe().node("d", other), probe().node("e")};
        for (long node : below) {
            fillClosed(node);
        }
        for (long node : beside) {
            fillClosed(node);
        }
        Cookie open = probe().volume().acquire(below[1], data(probe().block(), 1));
        probe().assertCached(open, 1, all(probe().block()));
        long version = open.version();
        probe().volume().flush(dir);
        probe().assertHole(open, all(probe().block()));
        assertThat(open.version()).isNotEqualTo(version);
        open.relinquish();
        for (long node : below) {
            assertClosed(node, false);
        }
        for (long node : beside) {
            assertClosed(node, true);
        }
        probe().settle();
        assertThat(probe().cache().statistics().slots().usedBytes()).isEqualTo(2L * probe().block());
    }

    @Test
    default void flush_ofADirectory_leavesWhatIsFilledLater() throws Exception {
        long dir = probe().node("dir");
        long before = probe().node("before", dir);
        long after = probe().node("after", dir);
        fillClosed(before);
        probe().volume().flush(dir);
        fillClosed(after);
        fillClosed(before);
        assertClosed(after, true);
        assertClosed(before, true);
        probe().settle();
        assertClosed(after, true);
        assertClosed(before, true);
        assertThat(probe().cache().statistics().slots().usedBytes()).isEqualTo(2L * probe().block());
    }

    @Test
    default void flush_againAndAgain_dropsEachTime() throws Exception {
        long dir = probe().node("dir");
        long file = probe().node("f", dir);
        Cookie open = probe().volume().acquire(file, data(probe().block(), 1));
        for (int i = 0; i < 5; i++) {
            probe().fill(open, i, all(probe().block()));
            probe().assertCached(open, i, all(probe().block()));
            probe().volume().flush(i % 2 == 0 ? dir : file);
            probe().assertHole(open, all(probe().block()));
        }
        open.relinquish();
        probe().settle();
        assertThat(probe().cache().statistics().slots().usedBytes()).isZero();
    }

    @Test
    default void flush_followsAMovedFile() throws Exception {
        long from = probe().node("from");
        long to = probe().node("to");
        long file = probe().node("f", from);
        fillClosed(file);
        probe().volume().node(key("f"), to, name("f"));
        probe().volume().flush(from);
        assertClosed(file, true);
        probe().volume().flush(to);
        assertClosed(file, false);
    }

    /** A flush of where the file once was counts no more when it has been filled since; a move never revives what was flushed. */
    @Test
    default void flush_thenMove_bringsNothingBack() throws Exception {
        long from = probe().node("from");
        long to = probe().node("to");
        long file = probe().node("f", from);
        fillClosed(file);
        probe().volume().flush(from);
        probe().volume().node(key("f"), to, name("f"));
        assertClosed(file, false);
    }

    @Test
    default void flush_ofTheRoot_dropsAllOfTheVolume() throws Exception {
        fillClosed(probe().node("f", probe().node("dir")));
        fillClosed(probe().node("g"));
        probe().volume().flush(probe().root());
        assertClosed(probe().node("f", probe().node("dir")), false);
        assertClosed(probe().node("g"), false);
    }

    @Test
    default void flushAll_dropsThisVolumeOnly() throws Exception {
        Volume other = probe().cache().volume(new VolumeKey("cifs", "//server/share", "/", "u"));
        long otherRoot = other.node(key("root"), 0, new byte[0]);
        Cookie foreign = other.acquire(other.node(key("f"), otherRoot, name("f")), data(probe().block(), 1));
        probe().fill(foreign, 1, all(probe().block()));
        Cookie open = probe().open("f", probe().block(), 1);
        probe().fill(open, 1, all(probe().block()));
        fillClosed(probe().node("g", probe().node("dir")));
        probe().volume().flushAll();
        probe().assertHole(open, all(probe().block()));
        assertClosed(probe().node("g", probe().node("dir")), false);
        probe().assertCached(foreign, 1, all(probe().block()));
        open.relinquish();
        foreign.relinquish();
        probe().settle();
        assertThat(probe().cache().statistics().slots().usedBytes()).isEqualTo(probe().block());
    }

    @Test
    default void flush_ofPinnedFile_dropsItToo() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        cookie.pin(true);
        probe().fill(cookie, 1, all(probe().block()));
        probe().volume().flushAll();
        probe().assertHole(cookie, all(probe().block()));
        cookie.relinquish();
    }

    @Test
    default void summary_tellsWhatIsCached() throws Exception {
        long size = probe().block() + 100L;
        long file = probe().node("f");
        assertThat(probe().volume().summary(file)).isNull();
        Cookie cookie = probe().open("f", size, 1);
        probe().fill(cookie, 1, probe().sectors(64, 64).until(size));
        assertThat(probe().volume().summary(file)).isEqualTo(new CookieSummary(data(size, 1), 100, false));
        probe().fill(cookie, 1, probe().sectors(0, 1));
        cookie.pin(true);
        cookie.relinquish();
        assertThat(probe().volume().summary(file))
                .isEqualTo(new CookieSummary(data(size, 1), 100 + 2L * probe().sector(), true));
        assertThat(probe().volume().summary(probe().node("never opened"))).isNull();
    }
}
