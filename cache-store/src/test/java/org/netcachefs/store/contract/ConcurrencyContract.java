package org.netcachefs.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.store.contract.CacheProbe.data;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Cookie.FillTicket;
import org.netcachefs.store.Cookie.ReadOutcome;

/** Many threads fill, read, change, flush and cull at once: never a wrong byte, every buffer given back once. */
interface ConcurrencyContract extends Contract {
    int FILES = 6;
    int BLOCKS = 20;

    /** A file whose content changes upstream, version by version; {@code checked} is the newest one the cache was told of. */
    final class Changing {
        final AtomicLong upstream = new AtomicLong();
        final AtomicLong checked = new AtomicLong();
        final Cookie cookie;
        final long size;

        /** Whether it changes without a sign, so that all of its fills are unsettled. */
        final boolean racy;

        Changing(Cookie cookie, long size, boolean racy) {
            this.racy = racy;
            this.cookie = cookie;
            this.size = size;
        }
    }

    /** What a thread does again and again. */
    interface Step {
        void run(Random random) throws Exception;
    }

    @Test
    default void manyThreads_neverReadAWrongByte() throws Exception {
        List<Changing> files = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            long size = (long) BLOCKS * probe().block() - 1000;
            files.add(new Changing(probe().open("f" + i, size, 0), size, i % 2 == 1));
        }
        AtomicLong given = new AtomicLong();
        AtomicLong released = new AtomicLong();
        AtomicLong verified = new AtomicLong();
        Step filler = random -> fill(files.get(random.nextInt(FILES)), random, given, released);
        Step reader = random -> verified.addAndGet(read(files.get(random.nextInt(FILES)), random));
        Step changer = random -> change(files.get(random.nextInt(FILES)), random);
        Step culler = random -> {
            probe().cache().culler().doWork(4);
            Thread.onSpinWait();
        };
        run(2500, List.of(filler, filler, reader, reader, changer, culler));
        probe().settle();
        assertThat(released).hasValue(given.get());
        assertThat(verified.get()).as("bytes read from the cache").isPositive();
        for (Changing file : files) {
            file.cookie.retire();
        }
        probe().settle();
        assertThat(probe().cache().statistics().slots().usedBytes()).isZero();
        assertThat(probe().cache().statistics().errors().checksum()).isZero();
    }

    private static void run(int times, List<Step> steps) throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (Step step : steps) {
            Random random = new Random(threads.size());
            Thread thread = new Thread(() -> {
                try {
                    for (int i = 0; i < times && !stop.get(); i++) {
                        step.run(random);
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                    stop.set(true);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failure.get()).isNull();
    }

    private void fill(Changing file, Random random, AtomicLong given, AtomicLong released) {
        FillTicket ticket = file.cookie.beginFill(!file.racy);
        long version = file.upstream.get();
        ByteRange range = someSectors(file, random);
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) range.length());
        for (long at = range.start(); at < range.end(); at++) {
            bytes.put(Bytes.at(file.cookie.node(), version, at));
        }
        given.incrementAndGet();
        file.cookie.fill(ticket, range.start(), bytes.flip(), () -> {
            // Who reads the buffer after it was given back sees other bytes.
            for (int i = 0; i < bytes.limit(); i++) {
                bytes.put(i, (byte) 0x5a);
            }
            released.incrementAndGet();
        });
    }

    private ByteRange someSectors(Changing file, Random random) {
        long first = random.nextInt((int) probe().cache().geometry().sectorsFor(file.size));
        return probe().sectors(first, first + random.nextInt(40)).until(file.size);
    }

    /** Each sector read comes whole from one version that upstream had between the last check and the end of the read. */
    private long read(Changing file, Random random) {
        long oldest = file.checked.get();
        ByteRange wanted = someSectors(file, random);
        ByteRange range = file.cookie.nextExtent(wanted).range();
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) range.length());
        ReadOutcome outcome = file.cookie.tryRead(range.start(), (int) range.length(), bytes);
        if (outcome == ReadOutcome.WOULD_BLOCK) {
            byte[] read = probe().readAsynchronously(file.cookie, range);
            outcome = read == null ? ReadOutcome.HOLE : ReadOutcome.DONE;
            bytes = read == null ? bytes : ByteBuffer.wrap(read).position(read.length);
        }
        if (outcome != ReadOutcome.DONE) {
            return 0;
        }
        long newest = file.upstream.get();
        bytes.flip();
        for (long sector = range.start(); sector < range.end(); sector += probe().sector()) {
            ByteRange one = ByteRange.between(sector, Math.min(sector + probe().sector(), range.end()));
            assertThat(isOfAVersion(file.cookie.node(), one, bytes, (int) (sector - range.start()), oldest, newest))
                    .as("%s of node %d is of a version from %d to %d", one, file.cookie.node(), oldest, newest)
                    .isTrue();
        }
        return range.length();
    }

    private static boolean isOfAVersion(
            long node, ByteRange range, ByteBuffer bytes, int at, long oldest, long newest) {
        for (long version = newest; version >= oldest; version--) {
            int i = 0;
            while (i < range.length() && bytes.get(at + i) == Bytes.at(node, version, range.start() + i)) {
                i++;
            }
            if (i == range.length()) {
                return true;
            }
        }
        return false;
    }

    /** The content changes, and in one of the ways there are the cache is told that nothing of before counts. */
    private void change(Changing file, Random random) throws CacheException {
        if (random.nextInt(10) > 0) {
            Thread.yield();
            return;
        }
        if (random.nextInt(5) == 0) {
            file.cookie.unpublish(someSectors(file, random));
            return;
        }
        long next = file.upstream.incrementAndGet();
        if (file.racy && random.nextBoolean()) {
            file.cookie.dropUnsettled();
        } else {
            tell(file, next, random);
        }
        file.checked.set(next);
    }

    private void tell(Changing file, long next, Random random) throws CacheException {
        switch (random.nextInt(5)) {
            case 0 -> file.cookie.unpublish(CacheProbe.all(file.size));
            case 1 -> probe().volume().flush(random.nextBoolean() ? file.cookie.node() : probe().root());
            case 2 ->
                probe().volume()
                        .acquire(file.cookie.node(), data(file.size, next))
                        .relinquish();
            case 3 -> file.cookie.truncate(0);
            default -> file.cookie.invalidate(data(file.size, next));
        }
    }
}
