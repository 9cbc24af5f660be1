package org.netcachefs.fuse.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Reply;

/**
 * What a test makes the file system do to a file, by the file's name: {@code hang} (answer when let go), {@code hold-up}
 * (the same, and the thread that asks does not come back before), {@code slow} (answer
 * after some milliseconds, from another thread), {@code error}, {@code throw}. Thread-safe.
 */
final class Switches {
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(2, runnable -> {
        Thread thread = new Thread(runnable, "later");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, String> behaviour = new ConcurrentHashMap<>();
    private final List<Runnable> held = new ArrayList<>();
    final AtomicInteger waiting = new AtomicInteger();
    final AtomicInteger mostWaiting = new AtomicInteger();
    final AtomicLong interrupts = new AtomicLong();
    final AtomicLong refused = new AtomicLong();

    /** {@code what}: "hang", "hold-up", "slow MILLIS", "error ERRNO", "throw", "segments", "regions", "lent", "unreadable",
     * "failing-segments", or "none". */
    void set(String name, String what) {
        if (what.equals("none")) {
            behaviour.remove(name);
        } else {
            behaviour.put(name, what);
        }
    }

    String of(String name) {
        return behaviour.getOrDefault(name, "none");
    }

    /** Answers by {@code answer} the way the file's switch says; {@code refuse} sends an error. */
    void answer(String name, Runnable answer, java.util.function.Consumer<Errno> refuse) {
        String[] words = of(name).split(" ");
        switch (words[0]) {
            case "hang" -> hold(answer, refuse);
            case "hold-up" -> holdUp(answer);
            case "slow" -> {
                enter();
                later.schedule(() -> leave(answer), Long.parseLong(words[1]), TimeUnit.MILLISECONDS);
            }
            case "error" -> refuse.accept(Errno.valueOf(words[1]));
            case "throw" -> throw new IllegalStateException("as the test wants it");
            default -> answer.run();
        }
    }

    void onInterrupt(String name, Reply<?> reply) {
        reply.onInterrupt(() -> {
            interrupts.incrementAndGet();
            reply.error(Errno.EINTR);
        });
    }

    private void enter() {
        int now = waiting.incrementAndGet();
        mostWaiting.accumulateAndGet(now, Math::max);
    }

    private void leave(Runnable answer) {
        waiting.decrementAndGet();
        answer.run();
    }

    private void hold(Runnable answer, java.util.function.Consumer<Errno> refuse) {
        enter();
        synchronized (held) {
            held.add(() -> leave(answer));
        }
    }

    private void holdUp(Runnable answer) {
        enter();
        CountDownLatch end = new CountDownLatch(1);
        synchronized (held) {
            held.add(end::countDown);
        }
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        leave(answer);
    }

    /** Lets go all that hangs. */
    void release() {
        List<Runnable> released;
        synchronized (held) {
            released = new ArrayList<>(held);
            held.clear();
        }
        released.forEach(Runnable::run);
    }
}
