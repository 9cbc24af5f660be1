package org.netcachefs.fuse.internal.libfuse;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.netcachefs.fuse.Mount;
import org.netcachefs.fuse.MountEntry;

/** A mount served by a {@link LibfuseSession}. Thread-safe. */
final class LibfuseMount implements Mount {
    private static final long END_SECONDS = 3;

    private final LibfuseSession session;
    private final MountEntry entry;

    LibfuseMount(LibfuseSession session, MountEntry entry) {
        this.session = session;
        this.entry = entry;
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
