package org.netcachefs.it.fsx;

import static org.netcachefs.it.harness.Posix.FALLOC_KEEP_SIZE;
import static org.netcachefs.it.harness.Posix.FALLOC_PUNCH_HOLE;
import static org.netcachefs.it.harness.Posix.FALLOC_ZERO_RANGE;
import static org.netcachefs.it.harness.Posix.O_APPEND;
import static org.netcachefs.it.harness.Posix.O_CREAT;
import static org.netcachefs.it.harness.Posix.O_RDWR;
import static org.netcachefs.it.harness.Posix.O_TRUNC;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.netcachefs.it.harness.Posix;

/**
 * Random system calls on one file of a mount, by three handles (the last one appends) and by mappings, each compared with bytes in
 * memory, and these with the file upstream at times. As fsx, the file system exerciser, does. Used by one thread.
 */
final class Fsx {
    private static final int LARGEST = 1 << 20;
    private static final int TOLD = 60;
    private static final int PAGE = 4096;
    private static final int APPENDING = 2;

    private final Path file;
    private final Path upstream;
    private final boolean zeroes;
    private final Dice dice;
    private final Model model = new Model(LARGEST);
    private final Posix.File[] handles = new Posix.File[APPENDING + 1];
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST + PAGE);
    private final Deque<Step> last = new ArrayDeque<>();
    private final long[] counts = new long[Step.Kind.values().length];
    private final long[] nanos = new long[counts.length];
    private long number;

    /** {@code zeroes}: whether upstream's file system knows FALLOC_FL_ZERO_RANGE. */
    Fsx(Path file, Path upstream, boolean zeroes, long seed) {
        this.file = file;
        this.upstream = upstream;
        this.zeroes = zeroes;
        dice = new Dice(seed);
    }

    /** Fails at the first difference, and then tells the steps before it. */
    void run(long steps) throws IOException {
        try {
            for (int i = 0; i < handles.length; i++) {
                handles[i] = open(i, O_CREAT);
            }
            for (number = 0; number < steps; number++) {
                Step.Kind kind = dice.kind();
                long started = System.nanoTime();
                take(kind);
                counts[kind.ordinal()]++;
                nanos[kind.ordinal()] += System.nanoTime() - started;
            }
            end();
        } catch (IOException | RuntimeException e) {
            throw new IOException(e + tell(), e);
        }
    }

    private void end() throws IOException {
        note(Step.Kind.COMPARE_UPSTREAM, "all closed", 0, model.size());
        for (Posix.File handle : handles) {
            handle.close();
        }
        compare("upstream", model.read(0, LARGEST), Files.readAllBytes(upstream));
        compare("all of it", model.read(0, LARGEST), Files.readAllBytes(file));
    }

    /** How often each kind of step was taken, and how long it took. */
    String counted() {
        StringBuilder text = new StringBuilder();
        for (Step.Kind kind : Step.Kind.values()) {
            long count = counts[kind.ordinal()];
            long micros = nanos[kind.ordinal()] / 1000 / Math.max(1, count);
            text.append("; ")
                    .append(kind)
                    .append(' ')
                    .append(count)
                    .append(", ")
                    .append(micros);
            text.append(" us each");
        }
        return text.toString();
    }

    private String tell() {
        StringBuilder text = new StringBuilder("\nafter these steps:\n");
        last.forEach(step -> text.append(step).append('\n'));
        return text.toString();
    }

    private void note(Step.Kind kind, String how, int offset, int length) {
        last.add(new Step(number, kind, how, offset, length, model.size()));
        if (last.size() > TOLD) {
            last.remove();
        }
    }

    private Posix.File open(int index, int flags) throws IOException {
        return Posix.open(file, O_RDWR | flags | (index == APPENDING ? O_APPEND : 0));
    }

    private void take(Step.Kind kind) throws IOException {
        int which = dice.below(handles.length);
        switch (kind) {
            case READ -> read(which);
            case WRITE -> write(dice.below(APPENDING));
            case APPEND -> append();
            case READ_MAPPED -> readMapped(which);
            case WRITE_MAPPED -> writeMapped(which);
            case TRUNCATE -> truncate(which);
            case PUNCH -> punch(which);
            case ZERO -> zero(which);
            case ALLOCATE -> allocate(which);
            case SIZE -> size();
            case SYNC -> sync(which);
            case DROP_PAGES -> dropPages(which);
            case REOPEN -> reopen(which);
            case REOPEN_ALL -> reopenAll();
            case COMPARE_UPSTREAM -> compareUpstream(which);
        }
    }

    // ---- reads

    private void read(int which) throws IOException {
        int offset = dice.offset(model.size());
        int length = dice.length(LARGEST);
        note(Step.Kind.READ, "handle " + which, offset, length);
        compare("read", model.read(offset, length), readAt(which, offset, length));
    }

    private byte[] readAt(int which, int offset, int length) throws IOException {
        buffer.clear().limit(length);
        while (buffer.hasRemaining() && handles[which].read(buffer, offset + buffer.position()) > 0) {}
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** Up to the end of the last page: behind the end of the file there are zeros. */
    private void readMapped(int which) throws IOException {
        if (model.size() == 0) {
            return;
        }
        int offset = dice.below(model.size());
        int pagesEnd = (model.size() + PAGE - 1) & -PAGE;
        int length = dice.length(pagesEnd - offset);
        note(Step.Kind.READ_MAPPED, "handle " + which, offset, length);
        try (Posix.Mapping mapping = handles[which].map(offset, length)) {
            compare("mapped", Arrays.copyOf(model.read(offset, length), length), mapping.read(0, length));
        }
    }

    private void size() throws IOException {
        note(Step.Kind.SIZE, "", 0, 0);
        long size = Files.size(file);
        if (size != model.size()) {
            throw new IOException("the size is " + size + ", not " + model.size());
        }
    }

    // ---- writes

    private void write(int which) throws IOException {
        int offset = dice.offset(dice.oneIn(8) ? LARGEST - 1 : model.size());
        put(Step.Kind.WRITE, which, Math.min(offset, LARGEST - 1));
    }

    private void append() throws IOException {
        if (model.size() < LARGEST) {
            put(Step.Kind.APPEND, APPENDING, model.size());
        }
    }

    private void put(Step.Kind kind, int which, int offset) throws IOException {
        byte[] piece = dice.bytes(dice.length(LARGEST - offset));
        note(kind, "handle " + which, offset, piece.length);
        buffer.clear().put(piece).flip();
        handles[which].write(buffer, kind == Step.Kind.APPEND ? 0 : offset);
        model.write(offset, piece);
    }

    /** What lies behind the end is brought into the file by a truncation first: a mapping cannot do that. */
    private void writeMapped(int which) throws IOException {
        int offset = offset();
        byte[] piece = dice.bytes(dice.length(LARGEST - offset));
        boolean synced = dice.oneIn(4);
        boolean outlives = dice.oneIn(8);
        String how = "handle " + which + (synced ? ", msync" : "") + (outlives ? ", closed" : "");
        note(Step.Kind.WRITE_MAPPED, how, offset, piece.length);
        if (offset + piece.length > model.size()) {
            handles[which].truncate(offset + piece.length);
        }
        try (Posix.Mapping mapping = handles[which].map(offset, piece.length)) {
            if (outlives) {
                handles[which].close();
            }
            mapping.write(0, piece);
            if (synced) {
                mapping.sync();
            }
        }
        if (outlives) {
            handles[which] = open(which, 0);
        }
        model.write(offset, piece);
    }

    private int offset() {
        return Math.min(dice.offset(model.size()), LARGEST - 1);
    }

    private void truncate(int which) throws IOException {
        int size = dice.oneIn(3) ? dice.offset(model.size()) : dice.length(LARGEST);
        boolean byName = dice.oneIn(3);
        note(Step.Kind.TRUNCATE, byName ? "by name" : "handle " + which, size, 0);
        if (byName) {
            Posix.truncate(file, size);
        } else {
            handles[which].truncate(size);
        }
        model.truncate(size);
    }

    private void punch(int which) throws IOException {
        int offset = offset();
        int length = dice.length(LARGEST - offset);
        note(Step.Kind.PUNCH, "handle " + which, offset, length);
        handles[which].allocate(FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, offset, length);
        model.zero(offset, length);
    }

    private void zero(int which) throws IOException {
        if (!zeroes) {
            return;
        }
        int offset = offset();
        int length = dice.length(LARGEST - offset);
        boolean grows = dice.oneIn(2);
        note(Step.Kind.ZERO, "handle " + which + (grows ? ", grows" : ""), offset, length);
        handles[which].allocate(FALLOC_ZERO_RANGE | (grows ? 0 : FALLOC_KEEP_SIZE), offset, length);
        model.zero(offset, length);
        if (grows) {
            model.grow(offset + length);
        }
    }

    private void allocate(int which) throws IOException {
        int offset = offset();
        int length = dice.length(LARGEST - offset);
        boolean grows = dice.oneIn(2);
        note(Step.Kind.ALLOCATE, "handle " + which + (grows ? ", grows" : ""), offset, length);
        handles[which].allocate(grows ? 0 : FALLOC_KEEP_SIZE, offset, length);
        if (grows) {
            model.grow(offset + length);
        }
    }

    // ---- what must change nothing

    private void sync(int which) throws IOException {
        note(Step.Kind.SYNC, "handle " + which, 0, 0);
        handles[which].sync();
    }

    private void dropPages(int which) throws IOException {
        note(Step.Kind.DROP_PAGES, "handle " + which, 0, 0);
        handles[which].sync(); // only what is clean is dropped
        handles[which].dropPages();
    }

    private void reopen(int which) throws IOException {
        boolean truncates = dice.oneIn(30);
        note(Step.Kind.REOPEN, "handle " + which + (truncates ? ", O_TRUNC" : ""), 0, 0);
        handles[which].close();
        handles[which] = open(which, truncates ? O_TRUNC : 0);
        if (truncates) {
            model.truncate(0);
        }
    }

    private void reopenAll() throws IOException {
        note(Step.Kind.REOPEN_ALL, "", 0, 0);
        for (Posix.File handle : handles) {
            handle.close();
        }
        for (int i = 0; i < handles.length; i++) {
            handles[i] = open(i, 0);
        }
    }

    private void compareUpstream(int which) throws IOException {
        note(Step.Kind.COMPARE_UPSTREAM, "handle " + which, 0, model.size());
        handles[which].sync();
        byte[] expected = model.read(0, LARGEST);
        compare("upstream", expected, Files.readAllBytes(upstream));
        compare("all of it", expected, readAt(which, 0, LARGEST));
    }

    private static void compare(String what, byte[] expected, byte[] got) throws IOException {
        int at = Arrays.mismatch(expected, got);
        if (at < 0) {
            return;
        }
        if (at >= Math.min(expected.length, got.length)) {
            throw new IOException(what + ": " + got.length + " bytes, not " + expected.length);
        }
        throw new IOException(what + ": wrong from byte " + at + " to " + lastDifference(expected, got) + " of "
                + expected.length + ", the first is " + got[at] + ", not " + expected[at]);
    }

    private static int lastDifference(byte[] expected, byte[] got) {
        int at = Math.min(expected.length, got.length) - 1;
        while (expected[at] == got[at]) {
            at--;
        }
        return at;
    }
}
