package org.netcachefs.store.crash;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheStore;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Extent;
import org.netcachefs.store.contract.Bytes;
import org.netcachefs.store.contract.CacheProbe;

/**
 * The program that is killed: opens the cache, checks all that is in it, says so, and fills, changes and flushes until its
 * end. Arguments: the cache's directory, the journal, a seed.
 */
final class CacheLife {
    static final long SIZE = 96L << 20;

    private final CacheProbe probe;
    private final Journal journal;
    private final Random random;

    private CacheLife(BlockCache cache, Journal journal, Random random) {
        this.probe = new CacheProbe(cache);
        this.journal = journal;
        this.random = random;
    }

    public static void main(String[] arguments) throws Exception {
        CacheConfig config = CacheConfig.in(Path.of(arguments[0]), OptionalLong.of(SIZE));
        try (Journal journal = new Journal(Path.of(arguments[1]));
                BlockCache cache = CacheStore.open(config)) {
            CacheLife life = new CacheLife(cache, journal, new Random(Long.parseLong(arguments[2])));
            System.out.println(life.check());
            life.live();
        }
    }

    private long size(int file) {
        return (long) (file % 6 + 1) * probe.block() - file * 1000L;
    }

    private Cookie open(int file) throws Exception {
        return probe.open("f" + file, size(file), journal.version(file));
    }

    /** "checked EXPECTED FOUND": bytes that were published before, and those still cached; any wrong byte is an error. */
    private String check() throws Exception {
        long expected = 0;
        long found = 0;
        for (int file = 0; file < Journal.FILES; file++) {
            Cookie cookie = open(file);
            checkBytes(file, cookie);
            boolean[] wanted = new boolean[(int) probe.cache().geometry().sectorsFor(size(file))];
            for (ByteRange range : journal.filled(file)) {
                int first = (int) (range.start() / probe.sector());
                Arrays.fill(
                        wanted, first, (int) (first + probe.cache().geometry().sectorsFor(range.length())), true);
            }
            for (int sector = 0; sector < wanted.length; sector++) {
                if (wanted[sector]) {
                    ByteRange range = probe.sectors(sector, sector).until(size(file));
                    expected += range.length();
                    found += cookie.nextExtent(range).cached() ? range.length() : 0;
                }
            }
            cookie.relinquish();
        }
        return "checked " + expected + " " + found;
    }

    private void checkBytes(int file, Cookie cookie) {
        for (ByteRange rest = CacheProbe.all(size(file)); !rest.isEmpty(); ) {
            Extent extent = cookie.nextExtent(rest);
            if (extent.cached()) {
                byte[] bytes = probe.read(cookie, extent.range());
                if (!Arrays.equals(bytes, Bytes.of(cookie.node(), journal.version(file), extent.range()))) {
                    throw new AssertionError("wrong bytes in " + extent.range() + " of file " + file);
                }
            }
            rest = rest.from(extent.range().end());
        }
    }

    private void live() throws Exception {
        while (true) {
            int file = random.nextInt(Journal.FILES);
            Cookie cookie = open(file);
            switch (random.nextInt(20)) {
                case 0 -> change(file, cookie);
                case 1 -> flush(file, cookie);
                default -> fill(file, cookie);
            }
            cookie.relinquish();
            probe.cache().culler().doWork(16);
        }
    }

    private void change(int file, Cookie cookie) throws Exception {
        long next = journal.version(file) + 1;
        journal.changing(file, next);
        cookie.invalidate(CacheProbe.data(size(file), next));
    }

    private void flush(int file, Cookie cookie) throws Exception {
        journal.flushing(file);
        probe.volume().flush(cookie.node());
    }

    private void fill(int file, Cookie cookie) throws Exception {
        long first = random.nextInt((int) probe.cache().geometry().sectorsFor(size(file)));
        ByteRange range = probe.sectors(first, first + random.nextInt(130)).until(size(file));
        ByteBuffer bytes = Bytes.direct(Bytes.of(cookie.node(), journal.version(file), range));
        cookie.fill(cookie.beginFill(true), range.start(), bytes, () -> {});
        if (random.nextInt(3) > 0) {
            CacheProbe.await(probe.cache().drain());
            journal.filled(file, range);
        }
    }
}
