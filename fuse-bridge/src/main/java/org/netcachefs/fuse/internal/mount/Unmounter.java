package org.netcachefs.fuse.internal.mount;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Mount.UnmountMode;
import org.netcachefs.fuse.Mount.UnmountOutcome;
import org.netcachefs.fuse.MountEntry;
import org.netcachefs.fuse.MountTable;
import org.netcachefs.fuse.internal.Libc;
import org.netcachefs.fuse.internal.Native;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Unmounts a FUSE mount of this or of any process. Never touches the file system in it; bounded in time. Thread-safe. */
public final class Unmounter {
    private static final Logger LOG = LoggerFactory.getLogger(Unmounter.class);
    private static final Path CONNECTIONS = Path.of("/sys/fs/fuse/connections");
    private static final long CALL_SECONDS = 5;
    private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long POLL_MILLIS = 5;
    private static final int UMOUNT_NOFOLLOW = 8;

    private Unmounter() {}

    /** Unmounts what is topmost at {@code mountPoint}; UNMOUNTED when nothing is, REFUSED when it is no FUSE mount. */
    public static UnmountOutcome unmount(Path mountPoint, UnmountMode mode) {
        Optional<MountEntry> entry = find(mountPoint);
        if (entry.isEmpty()) {
            return UnmountOutcome.UNMOUNTED;
        }
        return entry.get().type().startsWith("fuse") ? unmount(entry.get(), mode) : UnmountOutcome.REFUSED;
    }

    /** Unmounts this very mount; UNMOUNTED when it is gone. */
    static UnmountOutcome unmount(MountEntry mount, UnmountMode mode) {
        if (isGone(mount)) {
            return UnmountOutcome.UNMOUNTED;
        }
        if (!isTopmost(mount)) {
            return UnmountOutcome.BUSY;
        }
        Errno failure = bounded(() -> attempt(mount, mode));
        if (waitUntilGone(mount, failure == null ? GONE_NANOS : 0)) {
            return UnmountOutcome.UNMOUNTED;
        }
        LOG.debug("unmounting {} ({}): {}", mount.mountPoint(), mode, failure);
        return failure == Errno.EBUSY ? UnmountOutcome.BUSY : UnmountOutcome.REFUSED;
    }

    private interface Attempt {
        /** Null when it worked. */
        @org.jspecify.annotations.Nullable
        Errno run();
    }

    /** On a thread of its own: a plain unmount first writes back dirty pages, to a daemon that may hang. */
    private static @org.jspecify.annotations.Nullable Errno bounded(Attempt attempt) {
        AtomicReference<@org.jspecify.annotations.Nullable Errno> result = new AtomicReference<>(Errno.EBUSY);
        CountDownLatch done = new CountDownLatch(1);
        Thread thread = new Thread(
                () -> {
                    result.set(attempt.run());
                    done.countDown();
                },
                "unmount");
        thread.setDaemon(true);
        thread.start();
        try {
            if (!done.await(CALL_SECONDS, TimeUnit.SECONDS)) {
                return Errno.EBUSY;
            }
        } catch (InterruptedException e) {
            return Errno.EBUSY;
        }
        return result.get();
    }

    private static @org.jspecify.annotations.Nullable Errno attempt(MountEntry mount, UnmountMode mode) {
        return switch (mode) {
            case NORMAL -> detach(mount, 0, "-u");
            case DETACH -> detach(mount, Libc.MNT_DETACH, "-uz");
            case ABORT -> {
                abort(mount);
                yield detach(mount, Libc.MNT_DETACH, "-uz");
            }
        };
    }

    private static @org.jspecify.annotations.Nullable Errno detach(MountEntry mount, int flags, String how) {
        if (Native.libc().umount2(mount.mountPoint(), flags | UMOUNT_NOFOLLOW) == 0) {
            return null;
        }
        Errno errno = Native.lastErrno();
        return errno == Errno.EPERM ? fusermount(mount, how) : errno;
    }

    /** Ends the connection: every request that waits fails. What is not permitted or not there is left out. */
    private static void abort(MountEntry mount) {
        if (Native.libc().umount2(mount.mountPoint(), Libc.MNT_FORCE | UMOUNT_NOFOLLOW) != 0) {
            LOG.debug("umount -f {}: {}", mount.mountPoint(), Native.lastErrno());
        }
        // The connection's number is the device's as the kernel keeps it: 20 bits of minor.
        long number = ((long) mount.major() << 20) | mount.minor();
        try {
            Files.write(CONNECTIONS.resolve(number + "/abort"), new byte[] {'1'});
        } catch (IOException e) {
            LOG.debug("no abort through {}: {}", CONNECTIONS, e.toString());
        }
    }

    private static @org.jspecify.annotations.Nullable Errno fusermount(MountEntry mount, String how) {
        Optional<Path> program = Fusermount.find();
        if (program.isEmpty()) {
            return Errno.EPERM;
        }
        List<String> command = new ArrayList<>(List.of(program.get().toString(), how, mount.mountPoint()));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .directory(new java.io.File("/"))
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() == 0) {
                return null;
            }
            LOG.debug("{}: {}", command, said.strip());
            return said.contains("busy") ? Errno.EBUSY : Errno.EPERM;
        } catch (IOException | InterruptedException e) {
            LOG.debug("{} failed", command, e);
            return Errno.EPERM;
        }
    }

    /** Gone is gone from /proc/self/mountinfo: before that the mount point cannot be removed. */
    static boolean waitUntilGone(MountEntry mount, long nanos) {
        long deadline = System.nanoTime() + nanos;
        while (!isGone(mount)) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                return false;
            }
        }
        return true;
    }

    private static boolean isGone(MountEntry mount) {
        return table().entries().stream().noneMatch(entry -> isSame(entry, mount));
    }

    private static boolean isTopmost(MountEntry mount) {
        return find(Path.of(mount.mountPoint()))
                .filter(top -> isSame(top, mount))
                .isPresent();
    }

    private static boolean isSame(MountEntry a, MountEntry b) {
        return a.id() == b.id() && a.major() == b.major() && a.minor() == b.minor();
    }

    static Optional<MountEntry> find(Path mountPoint) {
        return table().at(mountPoint);
    }

    private static MountTable table() {
        try {
            return MountTable.read();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
