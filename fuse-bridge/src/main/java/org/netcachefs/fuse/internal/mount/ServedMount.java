package org.netcachefs.fuse.internal.mount;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.netcachefs.fuse.Mount;
import org.netcachefs.fuse.MountEntry;
import org.netcachefs.fuse.MountException;
import org.netcachefs.fuse.MountException.Reason;
import org.netcachefs.fuse.MountRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mount served by a {@link Session}. Thread-safe. */
public final class ServedMount implements Mount {
    private static final Logger LOG = LoggerFactory.getLogger(ServedMount.class);
    private static final long END_SECONDS = 3;

    private final Session session;
    private final MountEntry entry;

    private ServedMount(Session session, MountEntry entry) {
        this.session = session;
        this.entry = entry;
    }

    /** The mount just made, once it answers; if it does not, nothing is left of it. */
    public static Mount whenReady(MountRequest request, Path mountPoint, Session session) throws MountException {
        Optional<MountEntry> entry = Unmounter.find(mountPoint);
        if (entry.isEmpty()) {
            throw new MountException(Reason.REFUSED, "the mount at " + mountPoint + " went away at once");
        }
        ServedMount mount = new ServedMount(session, entry.get());
        if (!Probe.start(mountPoint).answered(request.timeout().toMillis()) || session.isEnded()) {
            mount.unmount(Mount.UnmountMode.ABORT);
            throw new MountException(
                    Reason.REFUSED,
                    "the mount at " + mountPoint + " did not answer within "
                            + request.timeout().toSeconds() + " s");
        }
        raiseReadahead(entry.get(), request.readahead());
        return mount;
    }

    /** The kernel reads ahead 128 KiB unless told otherwise, which only root may. */
    private static void raiseReadahead(MountEntry entry, int bytes) {
        Path setting = Path.of("/sys/class/bdi", entry.major() + ":" + entry.minor(), "read_ahead_kb");
        if (bytes <= 0 || !Files.isWritable(setting)) {
            return;
        }
        try {
            Files.writeString(setting, Integer.toString(bytes >> 10), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            LOG.debug("readahead stays as it is: {}", e.toString());
        }
    }

    @Override
    public UnmountOutcome unmount(UnmountMode mode) {
        UnmountOutcome outcome = Unmounter.unmount(entry, mode);
        if (outcome == UnmountOutcome.UNMOUNTED && mode != UnmountMode.DETACH) {
            awaitEnd();
        }
        return outcome;
    }

    /** Usually a matter of milliseconds; a file system that is busy in one of its own methods is not waited for. */
    private void awaitEnd() {
        CountDownLatch over = new CountDownLatch(1);
        session.ended().thenRun(over::countDown);
        try {
            boolean inTime = over.await(END_SECONDS, TimeUnit.SECONDS);
            assert inTime || !session.isEnded();
        } catch (InterruptedException e) {
            return;
        }
    }

    @Override
    public CompletionStage<Void> ended() {
        return session.ended();
    }
}
