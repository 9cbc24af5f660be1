package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.Load;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;

/**
 * Promise: whenever the daemon dies, upstream holds every change that was acknowledged, and the next mount reads what upstream holds, whatever the cache
 * kept.
 */
class WriteKillIT {
    private static final int FILES = 4;
    private static final int SIZE = 3 << 20;
    private static final int LONGEST = 200_000;
    private static final List<String> MODES = List.of("close-to-open", "strict", "ttl=30s", "immutable");

    private final Scratch scratch = Scratch.make("write-kill");
    private final List<Written> files = new ArrayList<>();
    private Path tree;
    private volatile boolean killed;

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    /** What a file holds before a change and after it. {@code whole}: one or the other; else each byte, and the size, may be in between. */
    private record Change(byte[] before, byte[] after, boolean whole) {
        boolean allows(byte[] found) {
            return whole ? Arrays.equals(found, before) || Arrays.equals(found, after) : isInBetween(found);
        }

        private boolean isInBetween(byte[] found) {
            boolean right = found.length >= Math.min(before.length, after.length)
                    && found.length <= Math.max(before.length, after.length);
            for (int i = 0; right && i < found.length; i++) {
                right = isAt(before, i, found[i]) || isAt(after, i, found[i]);
            }
            return right;
        }

        private static boolean isAt(byte[] content, int at, byte found) {
            return at < content.length && content[at] == found;
        }
    }

    private interface Call {
        void make() throws IOException;
    }

    /** A file, what must be in it, and what may be: the change that was under way when the daemon died. Used by one thread. */
    private static final class Written {
        private final Path path;
        private final Random random;
        private byte[] acknowledged;
        private @Nullable Change underWay;

        Written(Path path, int seed) {
            this.path = path;
            this.random = new Random(seed);
            acknowledged = bytes(SIZE);
        }

        private byte[] bytes(int length) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            return bytes;
        }

        /** Opens it, changes it some times, closes it, and perhaps replaces it. */
        void session(Path mountPoint) throws IOException {
            Path file = mountPoint.resolve(path.getFileName());
            try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
                for (int i = random.nextInt(20); i >= 0; i--) {
                    change(file, open);
                }
            }
            if (random.nextInt(4) == 0) {
                replace(file);
            }
        }

        private void change(Path file, FileChannel open) throws IOException {
            int size = acknowledged.length;
            switch (random.nextInt(8)) {
                case 0 -> append(file);
                case 1 -> truncate(file, size - random.nextInt(LONGEST));
                case 2 -> truncate(file, size + random.nextInt(LONGEST));
                default -> write(open, random.nextInt(size));
            }
        }

        private void write(FileChannel open, int offset) throws IOException {
            byte[] piece = bytes(1 + random.nextInt(random.nextBoolean() ? LONGEST : 5_000));
            ByteBuffer bytes = ByteBuffer.wrap(piece);
            make(written(piece, offset), () -> {
                while (bytes.hasRemaining()) {
                    open.write(bytes, offset + bytes.position());
                }
            });
        }

        private Change written(byte[] piece, int offset) {
            byte[] after = Arrays.copyOf(acknowledged, Math.max(acknowledged.length, offset + piece.length));
            System.arraycopy(piece, 0, after, offset, piece.length);
            return new Change(acknowledged, after, false);
        }

        private void append(Path file) throws IOException {
            byte[] piece = bytes(1 + random.nextInt(5_000));
            make(written(piece, acknowledged.length), () -> Files.write(file, piece, StandardOpenOption.APPEND));
        }

        private void truncate(Path file, int size) throws IOException {
            int kept = Math.max(SIZE / 2, Math.min(size, 2 * SIZE));
            make(new Change(acknowledged, Arrays.copyOf(acknowledged, kept), true), () -> Posix.truncate(file, kept));
        }

        /** By a new file, or one that a kill left behind. */
        private void replace(Path file) throws IOException {
            byte[] after = bytes(SIZE);
            Path made = file.resolveSibling(file.getFileName() + ".new");
            Files.write(made, after);
            make(new Change(acknowledged, after, true), () -> Files.move(made, file, StandardCopyOption.ATOMIC_MOVE));
        }

        private void make(Change change, Call call) throws IOException {
            underWay = change;
            call.make();
            acknowledged = change.after;
            underWay = null;
        }

        boolean isUnderWay() {
            return underWay != null;
        }

        /** Upstream holds what was acknowledged, and of the change under way nothing, something or all. */
        void verifyUpstream() throws IOException {
            byte[] holds = Files.readAllBytes(path);
            Change change = underWay == null ? new Change(acknowledged, acknowledged, true) : underWay;
            assertThat(change.allows(holds))
                    .as(path.getFileName() + " of " + holds.length + " bytes upstream, after " + change.before.length
                            + " or " + change.after.length + ", differs first at "
                            + Arrays.mismatch(holds, change.before) + " and " + Arrays.mismatch(holds, change.after))
                    .isTrue();
            acknowledged = holds;
            underWay = null;
        }
    }

    @Test
    void killedWhileWriting_losesNothingAcknowledged_andServesWhatUpstreamHolds() throws Exception {
        killWhileWriting(4, 1);
    }

    @Test
    @Tag("long")
    void killedFiftyTimesWhileWriting_losesNothingAcknowledged_andServesWhatUpstreamHolds() throws Exception {
        killWhileWriting(8, 7);
    }

    /** Each mode in turn, on the cache the others left; in each turn it is killed so many times. */
    private void killWhileWriting(int turns, int killsInATurn) throws Exception {
        tree = scratch.folder("tree");
        for (int i = 0; i < FILES; i++) {
            files.add(new Written(tree.resolve("written" + i), i));
            Files.write(files.get(i).path, files.get(i).acknowledged);
        }
        Content.write(tree.resolve("read"), 77, SIZE);
        Random random = new Random(turns);
        List<MountedDaemon> modes = new ArrayList<>();
        int underWay = 0;
        for (int turn = 0; turn < turns; turn++) {
            MountedDaemon daemon = mounted(modes, turn % MODES.size());
            verify(daemon);
            for (int kill = 0; kill < killsInATurn; kill++) {
                underWay += killWhileWriting(daemon, Duration.ofMillis(50 + random.nextInt(900)));
                daemon.start();
                verify(daemon);
                verify(daemon);
            }
            daemon.umount();
        }
        int kills = turns * killsInATurn;
        Figures.note("write-kill: " + kills + " kills, " + underWay + " changes were under way");
        assertThat(underWay).as("changes that a kill hit").isGreaterThan(kills / 2);
    }

    /** How many changes were under way; upstream holds all that were acknowledged. */
    private int killWhileWriting(MountedDaemon daemon, Duration after) throws Exception {
        killed = false;
        try (Load load = Load.start(FILES, (worker, turn) -> write(daemon, worker))) {
            Command.pause(after);
            assertThat(load.failed()).as("before the kill").isFalse();
            killed = true;
            daemon.kill9();
        }
        int underWay = 0;
        for (Written file : files) {
            underWay += file.isUnderWay() ? 1 : 0;
            file.verifyUpstream();
        }
        return underWay;
    }

    /** A daemon of this mode: all share one cache. */
    private MountedDaemon mounted(List<MountedDaemon> modes, int mode) throws Exception {
        if (mode < modes.size()) {
            modes.get(mode).start();
            return modes.get(mode);
        }
        Path cache = scratch.directory().resolve("cache");
        MountedDaemon daemon = MountedDaemon.mount(
                scratch, tree, "mount" + mode, "256M", "--cache", cache.toString(), "--coherency", MODES.get(mode));
        modes.add(daemon);
        return daemon;
    }

    private void verify(MountedDaemon daemon) throws Exception {
        try (Stream<Path> all = Files.list(tree)) {
            for (Path file : all.toList()) {
                byte[] shown = Files.readAllBytes(daemon.path(file.getFileName().toString()));
                assertThat(Arrays.mismatch(shown, Files.readAllBytes(file)))
                        .as("first difference of " + file.getFileName() + " through " + daemon.mountPoint())
                        .isEqualTo(-1);
            }
        }
        Content.verify(daemon.path("read"), 77, SIZE);
    }

    private void write(MountedDaemon daemon, int worker) throws Exception {
        try {
            files.get(worker).session(daemon.mountPoint());
        } catch (IOException e) {
            if (!killed) {
                throw e;
            }
            Command.pause(Duration.ofMillis(20));
        }
    }
}
