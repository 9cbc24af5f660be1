package org.netcachefs.daemon.netfs;

import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.fuse.FileSystemStatus;
import org.netcachefs.fuse.Reply;

/** Answers statfs: from upstream if that answers soon, else with what it last said. Thread-safe. */
final class Statfs {
    private static final FileSystemStatus NOTHING_KNOWN = new FileSystemStatus(4096, 0, 0, 0, 0, 0, 255);

    private final Services services;
    private final Patience patience;
    private volatile FileSystemStatus last = NOTHING_KNOWN;

    Statfs(Services services) {
        this.services = services;
        patience = new Patience(services);
    }

    void answer(Reply<FileSystemStatus> reply) {
        if (patience.isOver()) {
            reply.ok(last);
            return;
        }
        Answer<FileSystemStatus> answer = new Answer<>(reply);
        patience.whenOver(() -> answer.ok(last));
        services.upstream().run(Lane.METADATA, tree -> tree.statfs()).whenComplete((status, failure) -> {
            if (failure == null) {
                last = status;
            }
            answer.ok(last);
        });
    }

    /** Learns what to answer before anybody asks. */
    void learn() {
        services.upstream().run(Lane.METADATA, tree -> tree.statfs()).thenAccept(status -> last = status);
    }
}
