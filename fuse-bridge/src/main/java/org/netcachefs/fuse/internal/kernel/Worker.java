package org.netcachefs.fuse.internal.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ReceivingThread;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.protocol.Opcode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that receives requests by a descriptor of its own and hands them to the file system. It waits for nothing else, but for what the file
 * system says when {@link Workers} let it, or for a disk that holds it up.
 */
final class Worker extends ReceivingThread implements Workers.Member {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final int STACK_BYTES = 512 << 10;
    private static final long RETRY_NANOS = 100_000_000;

    private final KernelSession session;
    private final Reception reception;
    private final Request request;
    private final QuickRun run = new QuickRun();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong served = new AtomicLong();
    /** One for all requests: a request is served without making one. */
    private final Guard.Body body = this::dispatch;

    /** Held as it leaves those that receive: once. */
    private final Object leaving = new Object();

    /** The request being served may take its time, or does. */
    private volatile boolean waits;

    private volatile long since;

    /** What it served when that was last looked at; used by who looks. */
    private long seen;

    /** {@code nonblocking}: receiving by it waits for nothing. */
    Worker(KernelSession session, Inlet inlet, @Nullable Inlet nonblocking) {
        super("fuse-receiver-" + NUMBERS.incrementAndGet(), STACK_BYTES);
        this.session = session;
        this.reception = new Reception(inlet, nonblocking, session.received().size());
        this.request = new Request(inlet.origin(), session.received());
        setDaemon(true);
    }

    @Override
    public void run() {
        boolean received = true;
        try {
            while (received && turn()) {
                received = goesOn();
            }
        } finally {
            request.close();
            session.workers().ended(this);
            if (received) {
                session.workers().left();
            }
        }
    }

    /** After a request; false: it does not receive any more. */
    private boolean goesOn() {
        if (waits) {
            waits = false;
            return session.workers().endWait(this, since);
        }
        if (!run.isLong() || session.workers().fewReceive()) {
            return true;
        }
        long others = session.workers().served() - served.get();
        return !run.mayEndInRest(others) || session.workers().rest();
    }

    @Override
    public boolean mayWait() {
        synchronized (leaving) {
            if (!waits && session.workers().beginWait()) {
                waitsSinceThen(System.nanoTime());
            }
            return waits;
        }
    }

    @GuardedBy("leaving")
    private void waitsSinceThen(long time) {
        since = time;
        waits = true;
    }

    @Override
    public boolean isHeldUp() {
        long now = begun.get();
        boolean isServing = served.get() != now;
        boolean isSame = isServing && now == seen && !waits;
        seen = isServing ? now : 0;
        return isSame;
    }

    @Override
    public boolean waitsUnasked(long time) {
        synchronized (leaving) {
            boolean leaves = !waits && session.workers().leave();
            if (leaves) {
                waitsSinceThen(time);
            }
            return leaves;
        }
    }

    @Override
    public boolean waitsSince(long limit) {
        return waits && since - limit < 0;
    }

    @Override
    public long served() {
        return served.get();
    }

    /** Nothing that goes wrong with one request ends the worker. False: the kernel ended the session. */
    private boolean turn() {
        try {
            return receive();
        } catch (Throwable failure) {
            Errno ignored = session.guard().errnoOf(failure, "receive", 0);
            return true;
        }
    }

    private boolean receive() {
        long received =
                reception.next(request, run.isLong() && session.workers().oneReceives());
        if (received < 0) {
            return goesOnAfter(Native.lastErrno());
        }
        if (request.begin((int) received)) {
            serve();
        } else {
            LOG.warn("{} bytes from the kernel are no request", received);
        }
        return received > 0;
    }

    private static boolean goesOnAfter(Errno errno) {
        return switch (errno) {
            // A request that was interrupted before it was read is ENOENT.
            case EINTR, EAGAIN, ENOENT -> true;
            // Unmounted; aborted.
            case ENODEV, ECONNABORTED -> false;
            default -> {
                LOG.warn("receiving from the kernel failed: {}", errno);
                LockSupport.parkNanos(RETRY_NANOS);
                yield true;
            }
        };
    }

    private void serve() {
        boolean isSmall = QuickRun.isSmall(request.message().moves());
        if (!run.begin(isSmall, reception.cameLater())) {
            session.workers().call();
        }
        long begin = System.nanoTime();
        begun.lazySet(begun.get() + 1);
        String operation = Opcode.name(request.message().opcode());
        request.end(session.guard().call(operation, request.message().unique(), body));
        served.lazySet(served.get() + 1);
        boolean isServedHere = !waits && !request.isHandedOver();
        if (isServedHere) {
            run.end(System.nanoTime() - begin);
        } else {
            run.reset();
        }
        if (!isServedHere || !isSmall) {
            session.workers().disturb();
        }
    }

    private int dispatch() throws org.netcachefs.fuse.ErrnoException {
        session.operations().run(request);
        return 0;
    }
}
