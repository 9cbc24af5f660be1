package org.netcachefs.fuse.internal.kernel;

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

    private static final int RECEIVING = 0;
    private static final int SERVING = 1;
    private static final int WAITING = 2;

    private final KernelSession session;
    private final Reception reception;
    private final Request request;
    private final QuickRun run = new QuickRun();
    private final AtomicLong begun = new AtomicLong();
    private final Served served = new Served();
    /** One for all requests: a request is served without making one. */
    private final Guard.Body body = this::dispatch;

    /** One that waits has left those that receive, for as long as the request being served takes. */
    private final AtomicInteger state = new AtomicInteger(RECEIVING);

    private volatile long since;

    /** The request begun when that was last looked at; used by who looks. */
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
        if (state.get() == WAITING) {
            state.set(RECEIVING);
            return session.workers().endWait(this);
        }
        if (!run.isLong() || session.workers().fewReceive()) {
            return true;
        }
        long others = session.workers().work() - served.total();
        return !run.mayEndInRest(others) || session.workers().rest();
    }

    @Override
    public boolean mayWait() {
        if (state.get() != WAITING && session.workers().beginWait()) {
            boolean ignored = beginsToWait();
        }
        return state.get() == WAITING;
    }

    /** It has left those that receive: not if it serves nothing any more, or had left before. */
    private boolean beginsToWait() {
        since = System.nanoTime();
        boolean begins = state.compareAndSet(SERVING, WAITING);
        if (!begins) {
            session.workers().comeBack();
        }
        return begins;
    }

    @Override
    public boolean isHeldUp() {
        boolean isServing = state.get() == SERVING;
        long now = begun.get();
        boolean isSame = isServing && now == seen;
        seen = now;
        return isSame;
    }

    @Override
    public boolean waitsUnasked() {
        return begun.get() == seen && session.workers().leave() && beginsToWait();
    }

    @Override
    public boolean waitsSince(long limit) {
        return state.get() == WAITING && since - limit < 0;
    }

    @Override
    public Served served() {
        return served;
    }

    /** Nothing that goes wrong with one request ends the worker. False: the kernel ended the session. */
    private boolean turn() {
        try {
            return receive();
        } catch (Throwable failure) {
            failed(failure);
            return true;
        }
    }

    private void failed(Throwable failure) {
        boolean isReceiving = servesNoMore();
        Errno errno = session.guard().errnoOf(failure, "receive", 0);
        LOG.debug("{}; receiving: {}", errno, isReceiving);
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
        int opcode = request.message().opcode();
        int work = Served.workOf(request.message().moves());
        boolean goesOn = run.begin(reception.cameLater());
        if (!goesOn) {
            session.workers().call();
        }
        long begin = run.isTimed() ? System.nanoTime() : 0;
        begun.lazySet(begun.get() + 1);
        state.lazySet(SERVING);
        request.end(session.guard().call(Opcode.name(opcode), request.message().unique(), body));
        served.count(opcode, work);
        boolean isServedHere = servesNoMore() && !request.isHandedOver();
        if (isServedHere) {
            run.end(run.isTimed() ? System.nanoTime() - begin : 0);
        } else {
            run.reset();
        }
        if (!goesOn || !isServedHere) {
            session.workers().disturb(work);
        }
    }

    /** False if it waits: it has left those that receive. */
    private boolean servesNoMore() {
        return state.compareAndSet(SERVING, RECEIVING);
    }

    private int dispatch() throws org.netcachefs.fuse.ErrnoException {
        session.operations().run(request);
        return 0;
    }
}
