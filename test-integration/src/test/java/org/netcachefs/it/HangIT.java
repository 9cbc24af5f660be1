package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import jnr.constants.platform.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.Load;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Mounts;
import org.netcachefs.it.harness.Pace;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.TestUpstream;
import org.netcachefs.it.harness.Trees;

/** Promise: an upstream that hangs hangs nothing that is cached, and no command. */
class HangIT {
    private static final long MIB = 1 << 20;
    private static final int PIECE = 1 << 17;
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Scratch scratch = Scratch.make("hang");
    private final List<Trees.Made> cached = new ArrayList<>();
    private final List<Trees.Made> uncached = new ArrayList<>();
    private Path tree;
    private TestUpstream upstream;
    private MountedDaemon daemon;

    @BeforeEach
    void makeTree() throws Exception {
        tree = scratch.folder("tree");
        for (int i = 0; i < 16; i++) {
            cached.add(Trees.file(tree, "cached" + i, i, 4 * MIB));
        }
        for (int i = 0; i < 64; i++) {
            uncached.add(Trees.file(tree, "uncached" + i, 100 + i, MIB));
        }
        upstream = TestUpstream.show(scratch, tree, "upstream");
    }

    @AfterEach
    void cleanUp() throws Exception {
        upstream.release();
        scratch.close();
    }

    private void mount(String... options) throws Exception {
        daemon = MountedDaemon.mount(scratch, upstream.mountPoint(), "mount", "512M", options)
                .browse();
        for (Trees.Made file : cached) {
            Content.verify(daemon.path(file.path()), file.seed(), file.size());
        }
        daemon.settle();
    }

    @Test
    void hungUpstream_withSixtyFourReaders_leavesCachedReadsAndCommandsAlone() throws Exception {
        mount("--upstream-timeout", "2s", "--unreachable-after", "6s");
        hangAndCheck(Duration.ofSeconds(6), Duration.ofSeconds(9), 0.5);
    }

    @Test
    @Tag("long")
    @Tag("alone")
    void upstreamHungForThirtySeconds_withTheDefaults_leavesCachedReadsAndCommandsAlone() throws Exception {
        mount();
        hangAndCheck(Duration.ofSeconds(30), Duration.ofSeconds(32), 0.9);
    }

    /** {@code ratio}: of the speed before, at least; strict where nothing else runs beside the test. */
    private void hangAndCheck(Duration unreachableAfter, Duration hang, double ratio) throws Exception {
        List<Posix.File> handles = new ArrayList<>();
        for (Trees.Made file : cached) {
            handles.add(scratch.closing(Posix.openDirect(daemon.path(file.path()))));
        }
        double handleSpeed = handleSpeed(handles);
        double openSpeed = openSpeed();

        upstream.hang();
        long hungAt = System.nanoTime();
        List<CompletableFuture<Failure>> readers = new ArrayList<>();
        for (Trees.Made file : uncached) {
            readers.add(hungReader(daemon.path(file.path())));
        }
        double handleSpeedHung = handleSpeed(handles);
        List<String> df = List.of("df", daemon.mountPoint().toString());
        answersSoon("df", Command.run(df, Map.of(), Duration.ofSeconds(60)).expect(0));
        answersSoon(
                "stat", daemon.command("stat", daemon.mountPoint().toString()).expect(0));
        MountedDaemon.await(
                "the circuit to open", () -> daemon.stat().text("mount.circuit").equals("open"));
        double openSpeedHung = openSpeed();
        double handleSpeedOpen = handleSpeed(handles);
        for (CompletableFuture<Failure> reader : readers) {
            Failure failure = reader.get(40, TimeUnit.SECONDS);
            assertThat(failure.errno()).isEqualTo(Errno.EIO);
            assertThat(failure.after()).isBetween(unreachableAfter.minusSeconds(1), unreachableAfter.plusSeconds(4));
        }
        changeBehind(cached.get(3));
        Command.pause(hang.minusNanos(System.nanoTime() - hungAt));

        upstream.release();
        MountedDaemon.await(
                "the circuit to close",
                () -> daemon.stat().text("mount.circuit").equals("closed"));
        assertThat(new String(java.nio.file.Files.readAllBytes(
                        daemon.path(cached.get(3).path()))))
                .isEqualTo("changed while away");
        for (Trees.Made file : uncached) {
            Content.verify(daemon.path(file.path()), file.seed(), file.size());
        }
        double handleSpeedAfter = Math.min(handleSpeed, handleSpeed(handles));
        double openSpeedAfter = Math.min(openSpeed, openSpeed());
        Figures.note(String.format(
                "hang: open handles %.0f MiB/s before, %.0f hung, %.0f circuit open; new opens %.0f/s before, %.0f hung",
                handleSpeed / MIB, handleSpeedHung / MIB, handleSpeedOpen / MIB, openSpeed, openSpeedHung));
        assertThat(handleSpeedHung).isGreaterThan(ratio * handleSpeedAfter);
        assertThat(handleSpeedOpen).isGreaterThan(ratio * handleSpeedAfter);
        assertThat(openSpeedHung).isGreaterThan(ratio * openSpeedAfter);
    }

    @Test
    void umount_ofAMountWithHungReaders_answersSoon() throws Exception {
        mount("--upstream-timeout", "2s");
        upstream.hang();
        List<CompletableFuture<Failure>> readers = new ArrayList<>();
        for (Trees.Made file : uncached.subList(0, 8)) {
            readers.add(hungReader(daemon.path(file.path())));
        }
        Command.pause(Duration.ofMillis(300));
        Command.Result busy =
                daemon.command("umount", daemon.mountPoint().toString()).expect(34);
        answersSoon("umount of a busy mount", busy);
        assertThat(busy.err()).contains("busy");
        Command.Result forced =
                daemon.command("umount", "-f", daemon.mountPoint().toString()).expect(0);
        answersSoon("umount -f", forced);
        assertThat(Mounts.isNetcachefs(daemon.mountPoint())).isFalse();
        for (CompletableFuture<Failure> reader : readers) {
            reader.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void umount_ofAnIdleMount_whileUpstreamHangs_answersSoon() throws Exception {
        mount();
        upstream.hang();
        answersSoon(
                "umount",
                daemon.command("umount", daemon.mountPoint().toString()).expect(0));
        assertThat(Mounts.isNetcachefs(daemon.mountPoint())).isFalse();
    }

    @Test
    void slowUpstream_isNotTakenForAHungOne() throws Exception {
        mount("--upstream-timeout", "1s");
        upstream.delay(Duration.ofMillis(400));
        for (Trees.Made file : uncached.subList(0, 1)) {
            Content.verify(daemon.path(file.path()), file.seed(), file.size());
        }
        assertThat(daemon.stat().text("mount.circuit")).isEqualTo("closed");
    }

    @Test
    void upstreamThatFails_givesItsErrnoAndGoesOn() throws Exception {
        mount();
        Trees.Made file = uncached.get(0);
        upstream.error("EIO");
        assertThat(readFails(daemon.path(file.path())).errno()).isEqualTo(Errno.EIO);
        upstream.error("none");
        Content.verify(daemon.path(file.path()), file.seed(), file.size());
    }

    @Test
    void upstreamThatAnswersInSmallPieces_isReadWhole() throws Exception {
        mount();
        upstream.longestRead(1000);
        Trees.Made file = uncached.get(1);
        Content.verify(daemon.path(file.path()), file.seed(), file.size());
        daemon.remount();
        Content.verify(daemon.path(file.path()), file.seed(), file.size());
    }

    /** With which errno a read failed, and after how long. */
    private record Failure(Errno errno, Duration after) {}

    private static CompletableFuture<Failure> hungReader(Path file) {
        CompletableFuture<Failure> failure = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        failure.complete(readFails(file));
                    } catch (Throwable e) {
                        failure.completeExceptionally(e);
                    }
                },
                "hung-" + file.getFileName());
        thread.setDaemon(true);
        thread.start();
        return failure;
    }

    private static Failure readFails(Path path) throws IOException {
        long started = System.nanoTime();
        try (Posix.File file = Posix.open(path, Posix.O_RDONLY)) {
            file.read(0, 4096);
        } catch (Posix.ErrnoIOException e) {
            return new Failure(e.errno(), Duration.ofNanos(System.nanoTime() - started));
        }
        throw new AssertionError(path + " was read");
    }

    private void changeBehind(Trees.Made file) throws IOException {
        java.nio.file.Files.writeString(tree.resolve(file.path()), "changed while away");
    }

    private static void answersSoon(String what, Command.Result result) {
        Pace.assertWithin(what, result.took(), SOON);
    }

    /** Bytes per second that four threads read on open handles, passing the kernel's cache by. */
    private static double handleSpeed(List<Posix.File> handles) throws Exception {
        AtomicLong bytes = new AtomicLong();
        long started = System.nanoTime();
        try (Load load = Load.start(4, (worker, turn) -> {
            Random random = new Random(worker + turn);
            ByteBuffer to = ByteBuffer.allocateDirect(PIECE);
            for (int i = 0; i < 64; i++) {
                to.clear();
                bytes.addAndGet(
                        handles.get(random.nextInt(handles.size())).read(to, (long) random.nextInt(32) * PIECE));
            }
        })) {
            Command.pause(Duration.ofMillis(1500));
            load.stop();
        }
        return bytes.get() * 1e9 / (System.nanoTime() - started);
    }

    /** Times per second that four threads open a cached file, read a piece of it, and close it. */
    private double openSpeed() throws Exception {
        AtomicLong opens = new AtomicLong();
        long started = System.nanoTime();
        try (Load load = Load.start(4, (worker, turn) -> {
            ByteBuffer to = ByteBuffer.allocateDirect(PIECE);
            try (Posix.File file = Posix.openDirect(daemon.path("cached" + (turn * 4 + worker) % 16))) {
                file.read(to, 0);
            }
            opens.incrementAndGet();
        })) {
            Command.pause(Duration.ofMillis(1500));
            load.stop();
        }
        return opens.get() * 1e9 / (System.nanoTime() - started);
    }
}
