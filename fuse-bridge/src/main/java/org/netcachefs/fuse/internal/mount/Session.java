package org.netcachefs.fuse.internal.mount;

import java.util.concurrent.CompletionStage;

/** What serves a mount, until the kernel ends it. Thread-safe. */
public interface Session {
    /** Completes when every thread has left it and nothing of it is in use. */
    CompletionStage<Void> ended();

    boolean isEnded();
}
