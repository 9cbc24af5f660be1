package org.netcachefs.store.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Cookie.FillTicket;
import org.netcachefs.store.contract.Bytes;
import org.netcachefs.store.contract.CacheProbe;

/**
 * A daemon's life in random steps over files that change behind its back. Whatever happens, bytes of the cache and pages
 * of the kernel are of the content of the last check or a newer one.
 */
final class CacheModel {
    private static final int FILES = 14;

    /** Opens a cache anew on what the last one left; null where nothing outlives a cache. */
    interface Reopen {
        BlockCache reopen(BlockCache closed) throws Exception;
    }

    private record Late(Reader reader, Cookie cookie, FillTicket ticket, ByteRange range, byte[] bytes) {}

    private interface Step {
        void run(Reader reader) throws Exception;
    }

    private final Random random;
    private final Reopen reopen;
    private final List<Reader> readers = new ArrayList<>();
    private final List<Late> late = new ArrayList<>();
    private final AtomicLong released = new AtomicLong();
    private final long[] dirs = new long[3];
    private CacheProbe probe;
    private long given;
    private long hits;
    private int objects;

    CacheModel(long seed, BlockCache cache, Reopen reopen) throws Exception {
        this.random = new Random(seed);
        this.reopen = reopen;
        use(cache);
        for (int i = 0; i < FILES; i++) {
            int size = i < 3 ? random.nextInt(9000) : random.nextInt(8 * probe.block());
            readers.add(reader(i, new UpstreamFile(random, size), "object " + objects++));
        }
    }

    private void use(BlockCache cache) throws Exception {
        probe = new CacheProbe(cache);
        dirs[0] = probe.node("dir");
        dirs[1] = probe.node("sub", dirs[0]);
        dirs[2] = probe.node("other");
    }

    private Reader reader(int number, UpstreamFile file, String object) throws Exception {
        long node =
                probe.volume().node(CacheProbe.key(object), dirs[number % dirs.length], CacheProbe.name("f" + number));
        return new Reader(probe, file, object, node);
    }

    /** Bytes that were read from the cache. */
    long hits() {
        return hits;
    }

    /** Runs so many steps and closes the cache. */
    void run(int steps) throws Exception {
        for (int i = 0; i < steps; i++) {
            int number = random.nextInt(FILES);
            Reader reader = readers.get(number);
            try {
                step(number, reader);
            } catch (Throwable e) {
                throw new AssertionError("in step " + i + " on " + reader.object, e);
            }
        }
        probe.settle();
        late.clear();
        assertThat(released).hasValue(given);
        assertThat(probe.cache().statistics().errors().checksum()).isZero();
        probe.cache().close();
    }

    private void step(int number, Reader reader) throws Exception {
        int dice = random.nextInt(100);
        if (dice < 3) {
            culled();
        } else if (dice < 4) {
            flush(reader);
        } else if (dice < 5) {
            restart();
        } else if (dice < 7) {
            replace(number, reader);
        } else if (dice < 12) {
            reader.upstream.letTimePass();
        } else if (dice < 20) {
            changeUpstream(reader);
        } else if (dice < 24) {
            deliverLate();
        } else {
            use(reader, dice);
        }
    }

    private void use(Reader reader, int dice) throws Exception {
        if (!reader.isOpen() || dice < 32 || reader.upstream.newest() - reader.oldest() > 6) {
            reader.open();
        } else if (dice < 38) {
            reader.close(random.nextInt(6) == 0);
        } else if (dice < 44) {
            changeThroughTheMount(reader);
        } else if (dice < 46) {
            reader.cookie().pin(random.nextInt(4) == 0);
        } else if (dice < 70) {
            miss(reader);
        } else {
            hits += reader.read(somewhere(reader.upstream.size() + 10));
        }
    }

    private ByteRange somewhere(int size) {
        int start = random.nextInt(Math.max(1, size));
        if (random.nextInt(4) == 0) {
            start = Math.max(0, size - 1 - random.nextInt(20_000));
        }
        int most = random.nextInt(5) == 0 ? size : Math.min(size, 100_000);
        return ByteRange.between(start, Math.min(size, start + 1L + random.nextInt(Math.max(1, most))));
    }

    /** Reads upstream, gives the bytes to the kernel, and fills: at once, or later when much may have happened. */
    private void miss(Reader reader) throws Exception {
        Cookie cookie = reader.cookie();
        long version = cookie.version();
        FillTicket ticket = cookie.beginFill(!reader.upstream.isRacy());
        if (random.nextInt(10) == 0) {
            changeUpstream(reader);
        }
        ByteRange range = fillable(reader, cookie);
        if (range.isEmpty()) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(reader.upstream.content(), (int) range.start(), (int) range.end());
        reader.keep(range, bytes, version);
        if (random.nextInt(4) == 0) {
            late.add(new Late(reader, cookie, ticket, range, bytes));
        } else {
            fill(new Late(reader, cookie, ticket, range, bytes));
        }
        if (random.nextInt(8) != 0) {
            probe.settle();
        }
    }

    /** Whole sectors, the last one only up to the size the cookie is valid for. */
    private ByteRange fillable(Reader reader, Cookie cookie) {
        long size = Math.min(reader.upstream.size(), cookie.coherency().size());
        ByteRange range =
                probe.cache().geometry().sectorsAround(somewhere((int) size)).until(size);
        if (range.end() == cookie.coherency().size()) {
            return range;
        }
        long whole = range.end() - range.end() % probe.sector();
        return range.until(whole);
    }

    private void fill(Late fill) {
        given++;
        fill.cookie().fill(fill.ticket(), fill.range().start(), Bytes.direct(fill.bytes()), released::incrementAndGet);
    }

    private void deliverLate() throws Exception {
        if (!late.isEmpty()) {
            fill(late.remove(random.nextInt(late.size())));
        }
    }

    private void changeUpstream(Reader reader) {
        UpstreamFile file = reader.upstream;
        if (file.size() > 0 && random.nextInt(4) > 0) {
            file.overwrite(somewhere(file.size()), random);
        } else {
            file.resize(anotherSize(file.size()));
        }
    }

    private void changeThroughTheMount(Reader reader) throws Exception {
        Cookie cookie = reader.cookie();
        boolean foreign = reader.oldest() != reader.upstream.newest();
        if (random.nextInt(3) > 0) {
            int size = anotherSize(reader.upstream.size());
            cookie.truncate(Math.min(size, reader.upstream.size()));
            reader.upstream.resize(size);
            cookie.truncate(size);
        } else {
            ByteRange range = somewhere(reader.upstream.size() + 5000);
            cookie.unpublish(range);
            reader.upstream.write(range, random);
            cookie.unpublish(range);
        }
        if (foreign) {
            cookie.invalidate(reader.upstream.coherency());
        } else {
            cookie.note(reader.upstream.coherency());
        }
        reader.wrote();
    }

    /** Mostly a few sectors more or less: what was cut off must not come back with growth. */
    private int anotherSize(int size) {
        return random.nextInt(5) == 0
                ? random.nextInt(8 * probe.block())
                : Math.max(0, size + random.nextInt(20_000) - 10_000);
    }

    /** Deleted and made anew under the same name: another object. */
    private void replace(int number, Reader reader) throws Exception {
        while (reader.isOpen()) {
            reader.close(random.nextBoolean());
        }
        UpstreamFile file = new UpstreamFile(random, random.nextInt(4 * probe.block()));
        readers.set(number, reader(number, file, "object " + objects++));
    }

    private void culled() throws Exception {
        assertThat(probe.cache().culler().doWork(1 + random.nextInt(8))).isNotNegative();
    }

    /** What is flushed is gone for readers at once. */
    private void flush(Reader reader) throws Exception {
        long tree = random.nextInt(3) == 0 ? dirs[random.nextInt(dirs.length)] : reader.node;
        probe.settle();
        probe.volume().flush(tree);
        if (tree == reader.node && reader.isOpen() && reader.upstream.size() > 0) {
            probe.assertHole(reader.cookie(), CacheProbe.all(reader.upstream.size()));
        }
    }

    private void restart() throws Exception {
        if (reopen == null || random.nextInt(3) > 0) {
            return;
        }
        late.clear();
        probe.cache().close();
        assertThat(released).hasValue(given);
        use(reopen.reopen(probe.cache()));
        for (int i = 0; i < FILES; i++) {
            Reader old = readers.get(i);
            old.forget();
            Reader now = reader(i, old.upstream, old.object);
            assertThat(now.node).isEqualTo(old.node);
            readers.set(i, now);
        }
    }
}
