package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * At most so many open descriptors (more only while all are in use), one a node, the least recently used closed first, none while leased. Thread-safe.
 *
 * <p>A descriptor belongs to the state ({@link Look#state}) the node was in: where upstream knows objects by number only, it may lead to
 * another object than the node's name does since that changed.
 */
final class HandleCache<H> {
    private static final int MOST_GARBAGE = 16;

    private final int most;
    private final Consumer<H> closer;
    private final Consumer<List<H>> handOver;

    @GuardedBy("this")
    private final LinkedHashMap<Long, Shared<H>> open = new LinkedHashMap<>(16, 0.75f, true);

    @GuardedBy("this")
    private final List<H> garbage = new ArrayList<>();

    /**
     * {@code closer} closes on the spot: descriptors are leased and given back inside calls on upstream. {@code handOver} has some
     * closed elsewhere, where the caller must not block.
     */
    HandleCache(int most, Consumer<H> closer, Consumer<List<H>> handOver) {
        this.most = most;
        this.closer = closer;
        this.handOver = handOver;
    }

    /** The node's descriptor of this state, in use until the lease is closed; null when there is none. */
    synchronized @Nullable Lease<H> lease(long node, long state) {
        Shared<H> shared = open.get(node);
        return shared == null || shared.state != state ? null : new Lease<>(this, shared);
    }

    /** The node's descriptor of an earlier state, which stands for this one from now on: its name leads to it no more. Null when there is none. */
    synchronized @Nullable Lease<H> leaseFormer(long node, long state) {
        Shared<H> shared = open.get(node);
        if (shared == null) {
            return null;
        }
        shared.state = state;
        return new Lease<>(this, shared);
    }

    /** Takes over a descriptor opened in this state; one of it that is there already is kept and leased in its place. */
    Lease<H> offer(long node, long state, H handle) {
        List<H> unused = new ArrayList<>(2);
        Lease<H> lease;
        synchronized (this) {
            Shared<H> present = open.get(node);
            Shared<H> shared = present != null && present.state == state ? present : new Shared<>(handle, state);
            if (shared == present) {
                unused.add(handle);
            } else if (present != null && present.retire()) {
                unused.add(present.handle);
            }
            open.put(node, shared);
            lease = new Lease<>(this, shared);
            takeEldest(unused);
            unused.addAll(garbage);
            garbage.clear();
        }
        unused.forEach(closer);
        return lease;
    }

    /** The descriptor is not given out again, and closed now. */
    void forget(long node) {
        forgetUnless(node, () -> false);
    }

    /** As {@link #forget} unless it is {@code needed}, asked while none is given out. */
    void forgetUnless(long node, BooleanSupplier needed) {
        H unused = take(node, needed);
        if (unused != null) {
            handOver.accept(List.of(unused));
        }
    }

    /** As {@link #forget}, with all that wait to be closed with others: what was removed keeps its space until its last descriptor is closed. */
    void forgetWithOthers(long node) {
        H unused = take(node, () -> false);
        List<H> batch;
        synchronized (this) {
            if (unused != null) {
                garbage.add(unused);
            }
            batch = List.copyOf(garbage);
            garbage.clear();
        }
        if (!batch.isEmpty()) {
            handOver.accept(batch);
        }
    }

    /** The descriptor is not given out again, and closed with others: soon, if anything is going on. Unless it is {@code needed}. */
    void forgetLater(long node, BooleanSupplier needed) {
        H unused = take(node, needed);
        List<H> batch = List.of();
        synchronized (this) {
            if (unused != null) {
                garbage.add(unused);
            }
            if (garbage.size() >= MOST_GARBAGE) {
                batch = List.copyOf(garbage);
                garbage.clear();
            }
        }
        if (!batch.isEmpty()) {
            handOver.accept(batch);
        }
    }

    void forgetAll() {
        List<Long> nodes;
        List<H> unused;
        synchronized (this) {
            nodes = List.copyOf(open.keySet());
            unused = List.copyOf(garbage);
            garbage.clear();
        }
        handOver.accept(unused);
        nodes.forEach(this::forget);
    }

    /**
     * Ends a round: closes what was put aside for later, and what nobody used for as many rounds as {@code rounds} says of its node.
     */
    void endRound(LongToIntFunction rounds) {
        List<H> unused;
        synchronized (this) {
            unused = new ArrayList<>(garbage);
            garbage.clear();
            Iterator<Map.Entry<Long, Shared<H>>> all = open.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<Long, Shared<H>> entry = all.next();
                Shared<H> shared = entry.getValue();
                if (shared.leases == 0 && ++shared.idleRounds > rounds.applyAsInt(entry.getKey())) {
                    all.remove();
                    shared.retired = true;
                    unused.add(shared.handle);
                }
            }
        }
        if (!unused.isEmpty()) {
            handOver.accept(unused);
        }
    }

    private synchronized @Nullable H take(long node, BooleanSupplier needed) {
        if (needed.getAsBoolean()) {
            return null;
        }
        Shared<H> shared = open.remove(node);
        return shared != null && shared.retire() ? shared.handle : null;
    }

    synchronized int size() {
        return open.size() + garbage.size();
    }

    @GuardedBy("this")
    private void takeEldest(List<H> unused) {
        Iterator<Shared<H>> eldest = open.values().iterator();
        while (open.size() > most && eldest.hasNext()) {
            Shared<H> shared = eldest.next();
            if (shared.leases == 0) {
                eldest.remove();
                shared.retired = true;
                unused.add(shared.handle);
            }
        }
    }

    private void giveBack(Shared<H> shared) {
        boolean unused;
        synchronized (this) {
            shared.leases--;
            unused = shared.retired && shared.leases == 0;
        }
        if (unused) {
            closer.accept(shared.handle);
        }
    }

    private static final class Shared<H> {
        private final H handle;
        private long state;
        private int leases;
        private boolean retired;
        private int idleRounds;

        Shared(H handle, long state) {
            this.handle = handle;
            this.state = state;
        }

        /** Whether nobody uses it. */
        boolean retire() {
            retired = true;
            return leases == 0;
        }
    }

    /** The use of a descriptor, until closed, once. */
    static final class Lease<H> implements AutoCloseable {
        private final @Nullable HandleCache<H> owner;
        private final Shared<H> shared;

        private Lease(@Nullable HandleCache<H> owner, Shared<H> shared) {
            this.owner = owner;
            this.shared = shared;
            shared.leases++;
            shared.idleRounds = 0;
        }

        /** Of a descriptor that somebody else closes. */
        static <H> Lease<H> unshared(H handle) {
            return new Lease<>(null, new Shared<>(handle, 0));
        }

        H handle() {
            return shared.handle;
        }

        @Override
        public void close() {
            if (owner != null) {
                owner.giveBack(shared);
            }
        }
    }
}
