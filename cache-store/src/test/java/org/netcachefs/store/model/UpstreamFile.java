package org.netcachefs.store.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CoherencyData;

/**
 * A file of an upstream with a coarse clock: while its window is open, a change of content that keeps the size shows in no
 * attribute. Remembers its contents from {@link #forgetBefore} on.
 */
final class UpstreamFile {
    private final List<byte[]> contents = new ArrayList<>();
    private int first;
    private long tick;
    private boolean windowOpen;

    UpstreamFile(Random random, int size) {
        byte[] bytes = new byte[size];
        scribble(bytes, new ByteRange(0, size), random);
        contents.add(bytes);
    }

    int newest() {
        return first + contents.size() - 1;
    }

    byte[] content(int version) {
        return contents.get(version - first);
    }

    byte[] content() {
        return content(newest());
    }

    int size() {
        return content().length;
    }

    CoherencyData coherency() {
        return new CoherencyData(size(), 1_000_000_000L * tick, 1_000_000_000L * tick);
    }

    /** Whether what is read now may change without a sign. */
    boolean isRacy() {
        return windowOpen;
    }

    void letTimePass() {
        windowOpen = false;
    }

    void forgetBefore(int version) {
        while (first < version) {
            contents.remove(0);
            first++;
        }
    }

    /** Somebody else writes: seen by its time stamp, unless within the tick of the last change. */
    void overwrite(ByteRange range, Random random) {
        byte[] next = content().clone();
        scribble(next, range, random);
        add(next);
        if (!windowOpen) {
            tick++;
            windowOpen = true;
        }
    }

    /** We write: nobody else changes the file in the same tick. */
    void write(ByteRange range, Random random) {
        byte[] next = Arrays.copyOf(content(), Math.max(size(), (int) range.end()));
        scribble(next, range, random);
        add(next);
        tick++;
        windowOpen = false;
    }

    /** The size changes, ours or foreign; what is new are zeros. */
    void resize(int size) {
        add(Arrays.copyOf(content(), size));
        tick++;
        windowOpen = false;
    }

    private void add(byte[] content) {
        contents.add(content);
    }

    private static void scribble(byte[] bytes, ByteRange range, Random random) {
        long seed = random.nextLong() | 1;
        for (long at = range.start(); at < range.end(); at++) {
            seed = seed * 6364136223846793005L + 1442695040888963407L;
            bytes[(int) at] = (byte) (seed >>> 56);
        }
    }

    /** Whether these bytes are those of one of the contents from {@code oldest} on. */
    boolean hasHeld(ByteRange range, byte[] bytes, int from, int oldest) {
        for (int version = newest(); version >= oldest; version--) {
            byte[] content = content(version);
            if (range.end() <= content.length
                    && Arrays.equals(
                            content,
                            (int) range.start(),
                            (int) range.end(),
                            bytes,
                            from,
                            from + (int) range.length())) {
                return true;
            }
        }
        return false;
    }
}
