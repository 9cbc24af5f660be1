package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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
 * Promise: whenever the daemon dies, upstream holds every write that was acknowledged, and the next mount reads what upstream holds, whatever the cache
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

    /** A file, what must be in it, and what may be: the write that was under way when the daemon died. Used by one thread. */
    private static final class Written {
        private final Path path;
        private final Random random;
        private byte[] acknowledged;
        private int offset;
        private byte[] underWay = {};

        Written(Path path, int seed) {
            this.path = path;
            this.random = new Random(seed);
            acknowledged = new byte[SIZE];
            random.nextBytes(acknowledged);
        }

        /** Opens it, writes some pieces, and closes it. */
        void session(Path mountPoint) throws IOException {
            Path file = mountPoint.resolve(path.getFileName());
            try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
                for (int i = random.nextInt(20); i >= 0; i--) {
                    write(open);
                }
            }
        }

        private void write(FileChannel open) throws IOException {
            byte[] piece = new byte[1 + random.nextInt(random.nextBoolean() ? LONGEST : 5_000)];
            random.nextBytes(piece);
            offset = random.nextInt(SIZE - piece.length);
            underWay = piece;
            ByteBuffer bytes = ByteBuffer.wrap(piece);
            while (bytes.hasRemaining()) {
                open.write(bytes, offset + bytes.position());
            }
            System.arraycopy(piece, 0, acknowledged, offset, piece.length);
            underWay = new byte[0];
        }

        /** Upstream holds what was acknowledged; of the write under way each byte is the old one or the new one. */
        void verifyUpstream() throws IOException {
            byte[] holds = Files.readAllBytes(path);
            assertThat(holds).hasSize(SIZE);
            byte[] expected = acknowledged.clone();
            for (int i = 0; i < underWay.length; i++) {
                if (holds[offset + i] == underWay[i]) {
                    expected[offset + i] = underWay[i];
                }
            }
            assertThat(Arrays.mismatch(holds, expected))
                    .as("first difference of upstream's " + path.getFileName())
                    .isEqualTo(-1);
            acknowledged = holds;
            underWay = new byte[0];
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
        Figures.note("write-kill: " + kills + " kills, " + underWay + " writes were under way");
        assertThat(underWay).as("writes that a kill hit").isGreaterThan(kills / 2);
    }

    /** How many writes were under way; upstream holds all that were acknowledged. */
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
            underWay += file.underWay.length > 0 ? 1 : 0;
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
        for (Written file : files) {
            try (Posix.File open =
                    Posix.open(daemon.path(file.path.getFileName().toString()), Posix.O_RDONLY)) {
                assertThat(Arrays.mismatch(open.read(0, SIZE + 1), file.acknowledged))
                        .as("first difference of " + file.path.getFileName() + " through " + daemon.mountPoint())
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
