package org.netcachefs.daemon.netfs;

import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.netcachefs.daemon.upstream.UpstreamCalls;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamUnavailableException;
import org.netcachefs.fuse.Errno;

/** Calls on upstream by threads, with a circuit that the test opens and closes by hand. */
final class SwitchedCalls implements UpstreamCalls {
    private final UpstreamTree tree;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<Lane, ExecutorService> lanes = new ConcurrentHashMap<>();
    private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();
    private final Map<Lane, AtomicLong> counts = new ConcurrentHashMap<>();
    private final AtomicLong epoch = new AtomicLong(1);
    private final Queue<Runnable> withoutThread = new ConcurrentLinkedQueue<>();
    private volatile boolean busy;
    private volatile Circuit circuit = Circuit.CLOSED;

    SwitchedCalls(UpstreamTree tree) {
        this.tree = tree;
    }

    /** Calls of this lane have only so many threads from now on. */
    void places(Lane lane, int most) {
        lanes.put(lane, Executors.newFixedThreadPool(most));
    }

    /** Calls from now on find no thread, until it is over. */
    void busy(boolean on) {
        busy = on;
    }

    /** Those that found no thread get one. */
    void giveThreads() {
        for (Runnable call = withoutThread.poll(); call != null; call = withoutThread.poll()) {
            threads.execute(call);
        }
    }

    /** Opens the circuit: what is under way is given up. */
    void open() {
        circuit = Circuit.OPEN;
        pending.forEach(stage -> stage.completeExceptionally(unavailable()));
    }

    /** Opens the circuit; what is under way goes on. */
    void openKeepingCalls() {
        circuit = Circuit.OPEN;
    }

    void closeCircuit() {
        epoch.incrementAndGet();
        circuit = Circuit.CLOSED;
    }

    long count(Lane lane) {
        return counts.computeIfAbsent(lane, key -> new AtomicLong()).get();
    }

    @Override
    public UpstreamTree tree() {
        return tree;
    }

    @Override
    public <T> CompletionStage<T> run(Lane lane, Body<T> body, Abandoned<T> abandoned) {
        counts.computeIfAbsent(lane, key -> new AtomicLong()).incrementAndGet();
        CompletableFuture<T> stage = new CompletableFuture<>();
        if (circuit == Circuit.OPEN && lane != Lane.CLOSE) {
            stage.completeExceptionally(unavailable());
            return stage;
        }
        pending.add(stage);
        Runnable call = () -> call(body, abandoned, stage);
        if (busy) {
            withoutThread.add(call);
        } else {
            lanes.getOrDefault(lane, threads).execute(call);
        }
        return stage;
    }

    private <T> void call(Body<T> body, Abandoned<T> abandoned, CompletableFuture<T> stage) {
        try {
            T result = body.call(tree);
            pending.remove(stage);
            if (!stage.complete(result)) {
                abandoned.late(result);
            }
        } catch (Throwable e) {
            pending.remove(stage);
            stage.completeExceptionally(e);
        }
    }

    private static UpstreamUnavailableException unavailable() {
        return new UpstreamUnavailableException(Errno.EIO, "switched off");
    }

    @Override
    public Circuit circuit() {
        return circuit;
    }

    @Override
    public long epoch() {
        return epoch.get();
    }

    @Override
    public UpstreamStatistics statistics() {
        return new UpstreamStatistics(0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {
        lanes.values().forEach(ExecutorService::shutdown);
        threads.shutdown();
    }
}
