package org.netcachefs.fuse.internal.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ReceivingThread;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.protocol.Opcode;
import org.netcachefs.fuse.internal.protocol.Origin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that receives requests by a descriptor of its own and hands them to the file system. It waits for nothing else, but for what the file
 * system says when {@link Workers} let it.
 */
final class Worker extends ReceivingThread implements Workers.Member {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final int STACK_BYTES = 512 << 10;
    private static final long RETRY_NANOS = 100_000_000;

    private final KernelSession session;
    private final int descriptor;
    private final Request request;
    /** One for all requests: a request is served without making one. */
    private final Guard.Body body = this::dispatch;

    /** The request being served may take its time. Set by its own thread. */
    private volatile boolean waits;

    private volatile long since;

    Worker(KernelSession session, int descriptor, Origin origin) {
        super("fuse-receiver-" + NUMBERS.incrementAndGet(), STACK_BYTES);
        this.session = session;
        this.descriptor = descriptor;
        this.request = new Request(origin, session.received());
        setDaemon(true);
    }

    @Override
    public void run() {
        boolean received = true;
        try {
            boolean more = true;
            while (more && received) {
                more = turn();
                received = !waits || receivesAgain();
            }
        } finally {
            request.close();
            session.workers().ended(this);
            if (received) {
                session.workers().left();
            }
        }
    }

    private boolean receivesAgain() {
        waits = false;
        return session.workers().endWait(this, since);
    }

    @Override
    public boolean mayWait() {
        if (!waits && session.workers().beginWait()) {
            since = System.nanoTime();
            waits = true;
        }
        return waits;
    }

    @Override
    public boolean waitsSince(long limit) {
        return waits && since - limit < 0;
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
        long address = request.prepare();
        long received =
                Native.libc().read(descriptor, address, session.received().size());
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
        String operation = Opcode.name(request.message().opcode());
        request.end(session.guard().call(operation, request.message().unique(), body));
    }

    private int dispatch() throws org.netcachefs.fuse.ErrnoException {
        session.operations().run(request);
        return 0;
    }
}
