package org.netcachefs.fuse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.Capability;
import org.netcachefs.fuse.Transport;

/** Many at once, and some of them slow: nobody waits for another's answer. */
abstract class ConcurrencyConformance extends Mounted {
    ConcurrencyConformance(Transport transport) {
        super(transport);
    }

    @Test
    void thirtyTwoReaders_eachGetTheRightBytes() throws Exception {
        byte[] bytes = pattern(4 << 20, 1);
        Files.write(path("shared"), bytes);
        List<Future<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            int seed = i;
            readers.add(inBackground(() -> readAtRandom(bytes, seed)));
        }
        for (Future<Integer> reader : readers) {
            assertThat(reader.get(60, TimeUnit.SECONDS)).isEqualTo(300);
        }
    }

    private int readAtRandom(byte[] bytes, int seed) throws Exception {
        Random random = new Random(seed);
        int right = 0;
        for (int i = 0; i < 300; i++) {
            try (FileChannel channel = FileChannel.open(path("shared"))) {
                int offset = random.nextInt(bytes.length);
                int length = 1 + random.nextInt(20_000);
                ByteBuffer buffer = ByteBuffer.allocate(length);
                int count = channel.read(buffer, offset);
                if (Arrays.equals(buffer.array(), 0, count, bytes, offset, offset + count)) {
                    right++;
                }
            }
        }
        return right;
    }

    @Test
    void hundredHungReads_doNotHoldUpOthers() throws Exception {
        Files.write(path("hung"), pattern(100 * 4096, 2));
        Files.writeString(path("well"), "fine");
        child.set("read:hung", "hang");
        child.set("opened:hung", "direct");
        List<Future<byte[]>> readers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            long offset = i * 4096L;
            readers.add(inBackground(() -> {
                try (FileChannel channel = FileChannel.open(path("hung"))) {
                    ByteBuffer buffer = ByteBuffer.allocate(4096);
                    channel.read(buffer, offset);
                    return buffer.array();
                }
            }));
        }
        eventually(() -> assertThat(child.figure("waiting")).isEqualTo(100));
        for (int i = 0; i < 100; i++) {
            assertThat(Files.readString(path("well"))).isEqualTo("fine");
            Files.writeString(path("new-" + i), "made meanwhile");
        }
        assertThat(Command.run("ls", "-l", root).status()).isZero();
        assertThat(child.figure("waiting")).isEqualTo(100);
        child.set("read:hung", "none");
        child.send("release");
        byte[] all = pattern(100 * 4096, 2);
        for (int i = 0; i < 100; i++) {
            assertThat(readers.get(i).get(20, TimeUnit.SECONDS))
                    .isEqualTo(Arrays.copyOfRange(all, i * 4096, (i + 1) * 4096));
        }
        assertThat(child.figure("waiting")).isZero();
    }

    /** The kernel drops no page that is being read. */
    @Test
    void noticesOfFilesWhoseReadsHang_doNotHoldUpThoseOfOthers() throws Exception {
        List<FileChannel> stuck = new ArrayList<>();
        List<Future<Integer>> readers = new ArrayList<>();
        long waiting = child.figure("waiting");
        for (int i = 0; i < 20; i++) {
            FileChannel channel = FileChannel.open(Files.write(path("pages-" + i), pattern(4096, i)));
            child.set("read:pages-" + i, "hang");
            stuck.add(channel);
            readers.add(inBackground(() -> channel.read(ByteBuffer.allocate(4096), 0)));
        }
        eventually(() -> assertThat(child.figure("waiting")).isEqualTo(waiting + 20));
        for (int i = 0; i < 20; i++) {
            child.send("begin-invalidate pages-" + i);
            child.send("begin-invalidate pages-" + i);
        }
        try (FileChannel other = FileChannel.open(Files.writeString(path("no-page-hangs"), "before"))) {
            assertThat(other.read(ByteBuffer.allocate(6), 0)).isEqualTo(6);
            assertThat(child.send("invalidate no-page-hangs")).isEqualTo("true");
        }
        for (int i = 0; i < 20; i++) {
            child.set("read:pages-" + i, "none");
        }
        child.send("release");
        for (int i = 0; i < 20; i++) {
            assertThat(readers.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(4096);
            assertThat(child.send("invalidate pages-" + i)).isEqualTo("true");
            stuck.get(i).close();
        }
    }

    @Test
    void slowReads_runSideBySide() throws Exception {
        byte[] bytes = pattern(64 * 4096, 3);
        Files.write(path("slow"), bytes);
        child.set("read:slow", "slow 30");
        child.set("opened:slow", "direct");
        AtomicInteger right = new AtomicInteger();
        List<Future<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            long offset = i * 4096L;
            readers.add(inBackground(() -> {
                try (FileChannel channel = FileChannel.open(path("slow"))) {
                    for (int round = 0; round < 10; round++) {
                        ByteBuffer buffer = ByteBuffer.allocate(4096);
                        channel.read(buffer, offset);
                        boolean same = Arrays.equals(buffer.array(), 0, 4096, bytes, (int) offset, (int) offset + 4096);
                        right.addAndGet(same ? 1 : 0);
                    }
                }
                return 0;
            }));
        }
        for (Future<Integer> reader : readers) {
            reader.get(30, TimeUnit.SECONDS);
        }
        assertThat(right).hasValue(640);
        assertThat(child.figure("most-waiting")).isGreaterThan(32);
    }

    @Test
    void slowOpens_runSideBySide_andLoseNoAnswer() throws Exception {
        Files.writeString(path("slow-open"), "text");
        child.set("open:slow-open", "slow 1");
        List<Future<Integer>> openers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            openers.add(inBackground(() -> {
                int right = 0;
                for (int round = 0; round < 40; round++) {
                    right += Files.readString(path("slow-open")).equals("text") ? 1 : 0;
                }
                return right;
            }));
        }
        for (Future<Integer> opener : openers) {
            assertThat(opener.get(60, TimeUnit.SECONDS)).isEqualTo(40);
        }
        assertThat(child.figure("threads")).isLessThanOrEqualTo(256);
    }

    @Test
    void moreSlowOpensThanReceivers_areAllAnswered() throws Exception {
        Files.writeString(path("crowded"), "text");
        child.set("open:crowded", "slow 200");
        List<Future<Boolean>> openers = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            openers.add(inBackground(() -> Files.readString(path("crowded")).equals("text")));
        }
        for (Future<Boolean> opener : openers) {
            assertThat(opener.get(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(child.figure("threads")).isLessThanOrEqualTo(256);
    }

    @Test
    void unlinksOfFilesWhoseOpenHangs_doNotHoldUpOthers() throws Exception {
        List<Future<?>> stuck = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String name = "held-" + i;
            // Each in a directory of its own: the kernel locks that during an unlink.
            Files.createDirectory(path("in-" + i));
            Path file = Files.writeString(path("in-" + i).resolve(name), "x");
            child.set("open:" + name, "hang");
            stuck.add(inBackground(() -> Posix.LIBC.close(Posix.LIBC.open(Posix.path(file), 0, 0))));
        }
        eventually(() -> assertThat(child.figure("waiting")).isEqualTo(20));
        for (int i = 0; i < 20; i++) {
            byte[] name = Posix.path(path("in-" + i).resolve("held-" + i));
            stuck.add(inBackground(() -> Posix.LIBC.unlink(name)));
        }
        for (int i = 0; i < 50; i++) {
            Files.writeString(path("free-" + i), "fine");
            assertThat(Files.readString(path("free-" + i))).isEqualTo("fine");
        }
        child.send("release");
        for (Future<?> each : stuck) {
            each.get(20, TimeUnit.SECONDS);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(path("in-" + i).resolve("held-" + i)).doesNotExist();
        }
    }

    @Test
    void moreHungOpensThanCanWait_failWithEio_andTheMountLives() throws Exception {
        Files.writeString(path("stuck"), "x");
        child.set("open:stuck", "hang");
        List<Future<String>> openers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            openers.add(inBackground(() -> {
                int descriptor = Posix.LIBC.open(Posix.path(path("stuck")), Posix.O_RDONLY, 0);
                if (descriptor < 0) {
                    return Posix.errno().name();
                }
                Posix.LIBC.close(descriptor);
                return "opened";
            }));
        }
        if (!capabilities.contains(Capability.NODES)) {
            eventually(() ->
                    assertThat(openers.stream().filter(Future::isDone).count()).isGreaterThanOrEqualTo(40));
        }
        Files.writeString(path("meanwhile"), "alive");
        assertThat(Files.readString(path("meanwhile"))).isEqualTo("alive");
        child.set("open:stuck", "none");
        child.send("release");
        for (Future<String> opener : openers) {
            assertThat(opener.get(20, TimeUnit.SECONDS)).isIn("opened", "EIO");
        }
        assertThat(Files.readString(path("stuck"))).isEqualTo("x");
    }

    @Test
    void killedReader_isReportedAsInterrupt_ifDeclared() throws Exception {
        Files.write(path("killed"), pattern(4096, 4));
        child.set("read:killed", "hang");
        // A read into the page cache is nobody's in particular and not interrupted.
        child.set("opened:killed", "direct");
        long before = child.figure("interrupts");
        long waiting = child.figure("waiting");
        Process reader = new ProcessBuilder("cat", path("killed").toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        eventually(() -> assertThat(child.figure("waiting")).isGreaterThan(waiting));
        reader.destroyForcibly();
        assertThat(reader.waitFor(10, TimeUnit.SECONDS)).isTrue();
        if (capabilities.contains(Capability.INTERRUPT)) {
            eventually(() -> assertThat(child.figure("interrupts")).isGreaterThan(before));
        } else {
            assertThat(child.figure("interrupts")).isEqualTo(before);
        }
        child.set("read:killed", "none");
        child.send("release");
        eventually(() -> assertThat(child.figure("waiting")).isEqualTo(waiting));
    }

    @Test
    void signalThatAProgramHandles_failsNoneOfItsCalls_ifInterruptsAreDeclared() throws Exception {
        Files.writeString(path("signalled"), "x");
        child.set("open:signalled", "hang");
        long waiting = child.figure("waiting");
        Process program =
                perl("$SIG{USR1} = sub {}; open(F, '<', $ARGV[0]) or print \"open: $!\\n\";", path("signalled"));
        eventually(() -> assertThat(child.figure("waiting")).isGreaterThan(waiting));
        assertThat(Command.run("kill", "-USR1", program.pid()).status()).isZero();
        Thread.sleep(300);
        assertThat(program.isAlive()).as("it still waits").isTrue();
        child.set("open:signalled", "none");
        child.send("release");
        assertThat(new String(program.getInputStream().readAllBytes())).isEmpty();
        assertThat(program.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void programKilledAfterASignalItHandles_isLetGo_ifInterruptsAreDeclared() throws Exception {
        if (!capabilities.contains(Capability.INTERRUPT)) {
            return;
        }
        Files.writeString(path("killed-later"), "x");
        child.set("open:killed-later", "hang");
        long waiting = child.figure("waiting");
        Process program = perl("$SIG{USR1} = sub {}; open(F, '<', $ARGV[0]);", path("killed-later"));
        eventually(() -> assertThat(child.figure("waiting")).isGreaterThan(waiting));
        assertThat(Command.run("kill", "-USR1", program.pid()).status()).isZero();
        Thread.sleep(100);
        program.destroyForcibly();
        assertThat(program.waitFor(10, TimeUnit.SECONDS)).isTrue();
        child.set("open:killed-later", "none");
        child.send("release");
    }

    private static Process perl(String script, java.nio.file.Path file) throws Exception {
        return new ProcessBuilder("perl", "-e", script, file.toString())
                .redirectErrorStream(true)
                .start();
    }
}
