package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletionStage;
import org.netcachefs.daemon.upstream.UpstreamCalls.Circuit;
import org.netcachefs.fuse.ValidAttributes;

/** What the parts of one file system share. */
record Core(
        NetfsConfig config,
        Services services,
        Counters counters,
        NodeTable nodes,
        Dirents dirents,
        ClockSkew skew,
        Callers callers,
        KernelAttributes kernelAttributes) {
    /** What is shown of a node that upstream said this of; {@link KernelAttributes#validNanos} has for which answers. */
    ValidAttributes shown(Node node, Look look) {
        return new ValidAttributes(look.attributes(), validNanos(node, look));
    }

    /** As {@link #shown}, for the answer to a change. */
    ValidAttributes shownAfterChange(Look look) {
        return new ValidAttributes(look.attributes(), kernelAttributes.takenAnywayNanos());
    }

    long validNanos(Node node, Look look) {
        return kernelAttributes.validNanos(node, look, believedNanos(look));
    }

    /** Completes when the kernel does not use other attributes of the node than upstream last said. */
    CompletionStage<Boolean> dropOutdated(Node node) {
        return kernelAttributes.dropOutdated(node, nodes.root());
    }

    /** As {@link #dropOutdated}, whatever the kernel holds. */
    CompletionStage<Boolean> dropAtOpen(Node node) {
        return kernelAttributes.dropAtOpen(node, nodes.root());
    }

    private long believedNanos(Look look) {
        return switch (config.coherency()) {
            case IMMUTABLE -> look.isSuperseded() ? 0 : config.times().fileMax().toNanos();
            case STRICT -> 0;
            case CLOSE_TO_OPEN -> answersUnchecked() ? 0 : look.believedNanos(now(), epoch());
            case TTL -> answersUnchecked() ? 0 : Math.min(config.ttl().toNanos(), look.believedNanos(now(), epoch()));
        };
    }

    long now() {
        return services.clock().monotonicNanos();
    }

    long epoch() {
        return services.upstream().epoch();
    }

    /** Whether upstream hangs and what is known may be answered unchecked. */
    boolean answersUnchecked() {
        return services.upstream().circuit() != Circuit.CLOSED && config.coherency() != Coherency.STRICT;
    }

    /** Whether a node's attributes can be answered without asking upstream. */
    boolean believes(Look look) {
        return switch (config.coherency()) {
            case IMMUTABLE -> !look.isSuperseded();
            case STRICT -> false;
            case CLOSE_TO_OPEN, TTL -> look.isBelieved(now(), epoch());
        };
    }

    /** What was asked before we changed the directory last may be about the name that was changed. */
    boolean believes(Dirents.Dirent dirent, Look parent) {
        if (parent.isSuperseded()
                && dirent.moment().sequence() < parent.moment().sequence()) {
            return false;
        }
        return switch (config.coherency()) {
            case IMMUTABLE ->
                dirent.isNegative() ? believedInTime(dirent, parent) : dirent.parentState() == parent.state();
            case STRICT -> false;
            case CLOSE_TO_OPEN, TTL -> believedInTime(dirent, parent);
        };
    }

    private boolean believedInTime(Dirents.Dirent dirent, Look parent) {
        return dirent.isBelieved(
                now(), epoch(), parent, config.times().negative().toNanos());
    }
}
