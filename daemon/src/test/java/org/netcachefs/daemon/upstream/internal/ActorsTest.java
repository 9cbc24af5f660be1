package org.netcachefs.daemon.upstream.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

/** As root a system call has the rights of whom its thread acts for, and nothing else has; as anybody else nobody is acted for. */
class ActorsTest {
    private static final boolean ROOT = Libc.C.geteuid() == 0;
    private static final Identity SOMEBODY = new Identity(1234, 2345, List.of(3456, 4567));

    private final Actors actors = actors();

    private static Actors actors() {
        try {
            return new Actors();
        } catch (ErrnoException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the kernel says of the calling thread. */
    private record Rights(String user, String group, List<String> groups, String capabilities) {
        static Rights now() {
            try {
                List<String> lines = Files.readAllLines(Path.of("/proc/thread-self/status"));
                return new Rights(
                        last(lines, "Uid:"), last(lines, "Gid:"), words(lines, "Groups:"), last(lines, "CapEff:"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String last(List<String> lines, String name) {
            List<String> words = words(lines, name);
            return words.get(words.size() - 1);
        }

        private static List<String> words(List<String> lines, String name) {
            return lines.stream()
                    .filter(line -> line.startsWith(name))
                    .flatMap(line ->
                            List.of(line.substring(name.length()).strip().split("\\s+")).stream())
                    .filter(word -> !word.isEmpty())
                    .toList();
        }
    }

    private Rights within(Identity who) throws ErrnoException {
        AtomicReference<Rights> seen = new AtomicReference<>();
        actors.as(
                who,
                () -> actors.make(() -> {
                    seen.set(Rights.now());
                    return 0;
                }));
        return seen.get();
    }

    @Test
    void call_hasTheRightsOfWhomTheThreadActsFor_andTheThreadItsOwnAfterwards() throws Exception {
        Rights own = Rights.now();
        if (!ROOT) {
            assertThat(actors.actsForOthers()).isFalse();
            assertThat(catchThrowableOfType(ErrnoException.class, () -> within(SOMEBODY))
                            .errno())
                    .isEqualTo(Errno.EPERM);
        } else {
            assertThat(actors.actsForOthers()).isTrue();
            assertThat(within(SOMEBODY)).isEqualTo(new Rights("1234", "2345", List.of("3456", "4567"), "0".repeat(16)));
        }
        assertThat(Rights.now()).isEqualTo(own);
        assertThat(actors.actor()).isSameAs(Identity.OWN);
    }

    @Test
    void rootThatMayNotKeepSetIds_isRootButForThat() throws Exception {
        Identity weak = Identity.OWN.losingSetIds();
        Rights own = Rights.now();
        if (!ROOT) {
            assertThat(catchThrowableOfType(ErrnoException.class, () -> within(weak))
                            .errno())
                    .isEqualTo(Errno.EPERM);
        } else {
            String capabilities = withoutFsetid(own.capabilities());
            assertThat(within(weak)).isEqualTo(new Rights("0", "0", List.of(), capabilities));
            assertThat(within(new Identity(0, 7, List.of(8)).losingSetIds()))
                    .isEqualTo(new Rights("0", "7", List.of("8"), capabilities));
        }
        assertThat(Rights.now()).isEqualTo(own);
    }

    private static String withoutFsetid(String capabilities) {
        return String.format("%016x", Long.parseUnsignedLong(capabilities, 16) & ~(1L << 4));
    }

    @Test
    void otherThreads_andThoseItStarts_keepTheDaemonsRights() throws Exception {
        Rights own = Rights.now();
        AtomicReference<Rights> started = new AtomicReference<>();
        actors.as(SOMEBODY, () -> {
            Thread thread = new Thread(() -> started.set(Rights.now()));
            thread.start();
            join(thread);
            return true;
        });
        assertThat(started.get()).isEqualTo(own);
        if (ROOT) {
            AtomicReference<Rights> other = new AtomicReference<>();
            actors.as(
                    SOMEBODY,
                    () -> actors.make(() -> {
                        CompletableFuture<Rights> asked = OTHER.ask();
                        other.set(asked.join());
                        return 0;
                    }));
            assertThat(other.get()).isEqualTo(own);
        }
    }

    /** A thread that was there before. */
    private static final class Other {
        private final java.util.concurrent.ExecutorService thread =
                java.util.concurrent.Executors.newSingleThreadExecutor(task -> {
                    Thread made = new Thread(task, "other");
                    made.setDaemon(true);
                    return made;
                });

        Other() {
            ask().join();
        }

        CompletableFuture<Rights> ask() {
            return CompletableFuture.supplyAsync(Rights::now, thread);
        }
    }

    private static final Other OTHER = new Other();

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void rootOfAnotherGroup_keepsItsCapabilities() throws Exception {
        Rights own = Rights.now();
        if (ROOT) {
            assertThat(within(new Identity(0, 2345, List.of())))
                    .isEqualTo(new Rights("0", "2345", List.of(), own.capabilities));
        }
        assertThat(Rights.now()).isEqualTo(own);
    }

    @Test
    void moreGroupsThanUsual_areAllThere() throws Exception {
        List<Integer> many = IntStream.range(10_000, 15_000).boxed().toList();
        if (ROOT) {
            assertThat(within(new Identity(1234, 1234, many)).groups())
                    .containsExactlyElementsOf(
                            many.stream().map(String::valueOf).toList());
        }
        assertThat(Rights.now().groups()).doesNotContain("10000");
    }

    @Test
    void userThereCannotBe_isRefused_andTheThreadKeepsItsRights() {
        Rights own = Rights.now();
        Identity nobody = new Identity(-1, 1234, List.of(5));
        assertThat(catchThrowableOfType(ErrnoException.class, () -> within(nobody))
                        .errno())
                .isEqualTo(Errno.EPERM);
        assertThat(Rights.now()).isEqualTo(own);
    }

    @Test
    void capabilitiesThatActingForOthersTakes_areNamedWhereTheyLack() throws Exception {
        assertThat(Credentials.missing()).isEqualTo(ROOT ? List.of() : List.of("CAP_SETGID", "CAP_SETUID"));
        assertThat(missingWithout(6)).contains("CAP_SETGID");
        assertThat(missingWithout(7)).contains("CAP_SETUID");
    }

    /** On a thread that has given that capability up. */
    private static List<String> missingWithout(int capability) throws Exception {
        return CompletableFuture.supplyAsync(
                        () -> {
                            jnr.ffi.Pointer header = Libc.allocate(8);
                            jnr.ffi.Pointer capable = Libc.allocate(24);
                            header.putInt(0, 0x20080522);
                            assertThat(Libc.C.capget(header.address(), capable.address()))
                                    .isZero();
                            capable.putInt(0, capable.getInt(0) & ~(1 << capability));
                            assertThat(Libc.C.capset(header.address(), capable.address()))
                                    .isZero();
                            try {
                                return Credentials.missing();
                            } catch (ErrnoException e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        task -> new Thread(task, "bare").start())
                .get();
    }

    @Test
    void actingWithinActing_endsWithTheFirst() throws Exception {
        actors.as(SOMEBODY, () -> {
            actors.as(Identity.OWN, () -> {
                assertThat(actors.actor()).isEqualTo(Identity.OWN);
                return true;
            });
            assertThat(actors.actor()).isEqualTo(SOMEBODY);
            return true;
        });
        assertThat(actors.actor()).isEqualTo(Identity.OWN);
    }
}
