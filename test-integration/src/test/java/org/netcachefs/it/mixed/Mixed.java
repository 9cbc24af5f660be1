package org.netcachefs.it.mixed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.netcachefs.it.harness.Load;

/** Operations of all kinds by several threads, each in a folder of its own, each compared with what memory says. */
public final class Mixed {
    /** What is done, and how often of a hundred times. */
    public enum Operation {
        CREATE(16),
        UNLINK(11),
        RENAME(11),
        LIST(11),
        READ(26),
        WRITE(25);

        private final int percent;

        Operation(int percent) {
            this.percent = percent;
        }

        static Operation of(int dice) {
            int rest = dice;
            for (Operation each : values()) {
                rest -= each.percent;
                if (rest < 0) {
                    return each;
                }
            }
            throw new IllegalArgumentException("no such side: " + dice);
        }
    }

    private final Map<Operation, LongAdder> done = new EnumMap<>(Operation.class);
    private final MixedFolder[] folders;

    /** In folders of {@code root}, made now. */
    public Mixed(Path root, int threads) throws IOException {
        for (Operation each : Operation.values()) {
            done.put(each, new LongAdder());
        }
        folders = new MixedFolder[threads];
        for (int i = 0; i < threads; i++) {
            folders[i] = new MixedFolder(root.resolve("thread" + i), i);
        }
    }

    /** Does so many, and leaves nothing behind; returns how many a second were done. */
    public double run(long operations) throws Exception {
        long before = total();
        long started = System.nanoTime();
        try (Load load = Load.start(folders.length, operations / folders.length, (worker, turn) -> {
            done.get(folders[worker].turn()).increment();
        })) {
            load.finish();
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        for (MixedFolder folder : folders) {
            folder.empty();
        }
        return (total() - before) / seconds;
    }

    public long total() {
        return done.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** The part of all that were of this kind. */
    public double share(Operation operation) {
        return (double) done.get(operation).sum() / total();
    }

    public void removeFolders() throws IOException {
        for (MixedFolder folder : folders) {
            folder.remove();
        }
    }

    @Override
    public String toString() {
        return done.toString();
    }
}
