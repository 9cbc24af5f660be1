package org.netcachefs.fuse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Transport;

/** POSIX locks between processes and flock locks between open files. */
abstract class LockConformance extends Mounted {
    LockConformance(Transport transport) {
        super(transport);
    }

    /** Another process, which takes a POSIX lock on bytes 10 to 19 of its argument until its input ends. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            try (FileChannel channel =
                            FileChannel.open(Path.of(arguments[0]), StandardOpenOption.READ, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock(10, 10, false)) {
                System.out.println("locked " + lock.isValid());
                System.in.read();
            }
        }
    }

    private static Process hold(Path file) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream()));
        assertThat(output.readLine()).isEqualTo("locked true");
        return process;
    }

    @Test
    void posixLock_excludesAnotherProcessInItsRangeOnly_andEndsWithIt() throws Exception {
        Path file = Files.write(path("posix"), new byte[100]);
        Process holder = hold(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            assertThat(channel.tryLock(15, 1, false)).isNull();
            try (FileLock beside = channel.tryLock(20, 10, false)) {
                assertThat(beside).isNotNull();
            }
            Future<Boolean> waiting = inBackground(() -> {
                try (FileLock lock = channel.lock(0, 100, false)) {
                    return lock.isValid();
                }
            });
            assertThat(waiting.isDone()).isFalse();
            holder.getOutputStream().close();
            assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertThat(count("lock")).isGreaterThan(3);
    }

    @Test
    void flock_excludesAnotherOpenOfTheSameProcess_untilUnlockedOrClosed() throws Exception {
        Path file = Files.write(path("flock"), new byte[1]);
        int a = open(file, Posix.O_RDWR);
        int b = open(file, Posix.O_RDWR);
        assertThat(Posix.LIBC.flock(a, Posix.LOCK_EX)).isZero();
        assertThat(failing(Posix.LIBC.flock(b, Posix.LOCK_EX | Posix.LOCK_NB))).isEqualTo(Errno.EAGAIN);
        assertThat(Posix.LIBC.flock(a, Posix.LOCK_UN)).isZero();
        assertThat(Posix.LIBC.flock(b, Posix.LOCK_EX | Posix.LOCK_NB)).isZero();
        Future<Integer> waiting = inBackground(() -> Posix.LIBC.flock(a, Posix.LOCK_EX));
        close(b);
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isZero();
        close(a);
        assertThat(count("flock")).isGreaterThan(3);
    }

    @Test
    void waiters_areMoreThanThereAreThreads() throws Exception {
        Path file = Files.write(path("crowded"), new byte[1]);
        long before = count("flock");
        int holder = open(file, Posix.O_RDWR);
        assertThat(Posix.LIBC.flock(holder, Posix.LOCK_EX)).isZero();
        List<Future<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int waiter = open(file, Posix.O_RDWR);
            waiting.add(inBackground(() -> {
                int result = Posix.LIBC.flock(waiter, Posix.LOCK_EX);
                close(waiter);
                return result;
            }));
        }
        eventually(() -> assertThat(count("flock")).isGreaterThanOrEqualTo(before + 301));
        assertThat(Files.readAllBytes(Files.write(path("beside-a-crowd"), new byte[3])))
                .hasSize(3);
        assertThat(Posix.LIBC.flock(holder, Posix.LOCK_UN)).isZero();
        for (Future<Integer> each : waiting) {
            assertThat(each.get(60, TimeUnit.SECONDS)).isZero();
        }
        close(holder);
    }

    @Test
    void killedWaiter_getsNoLock() throws Exception {
        Path file = Files.write(path("given-up"), new byte[1]);
        int a = open(file, Posix.O_RDWR);
        assertThat(Posix.LIBC.flock(a, Posix.LOCK_EX)).isZero();
        long calls = count("flock");
        Process waiter = new ProcessBuilder("flock", file.toString(), "true").start();
        eventually(() -> assertThat(count("flock")).isEqualTo(calls + 1));
        waiter.destroyForcibly();
        assertThat(waiter.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(Posix.LIBC.flock(a, Posix.LOCK_UN)).isZero();
        int b = open(file, Posix.O_RDWR);
        eventually(() ->
                assertThat(Posix.LIBC.flock(b, Posix.LOCK_EX | Posix.LOCK_NB)).isZero());
        close(b);
        close(a);
    }

    @Test
    void waitForALock_isEndedByASignalTheProgramHandles() throws Exception {
        Path file = Files.write(path("awaited"), new byte[1]);
        Process holder = hold(file);
        // The alarm may come before the wait: then there is another.
        String script = "use Fcntl; $SIG{ALRM} = sub { alarm 1 }; open(F, '+<', $ARGV[0]) or die;"
                + "my $lock = pack('s s l! l! i', F_WRLCK, 0, 0, 0, 0); alarm 1;"
                + "print fcntl(F, F_SETLKW, $lock) ? 'locked' : \"$!\";";
        try {
            Process waiter = new ProcessBuilder("perl", "-e", script, file.toString())
                    .redirectErrorStream(true)
                    .start();
            assertThat(new String(waiter.getInputStream().readAllBytes())).isEqualTo("Interrupted system call");
        } finally {
            holder.getOutputStream().close();
            assertThat(holder.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
