package org.netcachefs.fuse.internal.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.Notifier;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.Libc;
import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.mount.Session;
import org.netcachefs.fuse.internal.protocol.AnswerBuffers;
import org.netcachefs.fuse.internal.protocol.AnswerLayout;
import org.netcachefs.fuse.internal.protocol.InterruptDesk;
import org.netcachefs.fuse.internal.protocol.KernelChannel;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.NoticeSender;
import org.netcachefs.fuse.internal.protocol.Origin;
import org.netcachefs.fuse.internal.protocol.ReceiveBuffers;
import org.netcachefs.fuse.internal.protocol.SplicePipes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One mount's conversation with the kernel, from FUSE_INIT until the kernel ends it. Thread-safe. */
final class KernelSession implements Session {
    private static final Logger LOG = LoggerFactory.getLogger(KernelSession.class);
    /** In front of the bytes of a write, which are the most a request has. */
    private static final int HEADERS = 4096;

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int device;
    private final int count;
    private final FileSystem fileSystem;
    private final Guard guard;
    private final Operations operations;
    private final ReceiveBuffers received = new ReceiveBuffers(Negotiation.LARGEST_REQUEST + HEADERS);
    private final AnswerBuffers buffers = new AnswerBuffers(Negotiation.LARGEST_REQUEST);
    private final SplicePipes pipes = new SplicePipes();
    private final InterruptDesk interrupts = new InterruptDesk();
    private final KernelChannel channel;
    private final NoticeSender notices;
    private final Workers workers;
    private final Thread watch = new Thread(this::watch, "fuse-watch");
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Of the workers; not changed once these run. */
    private final List<Integer> clones = new ArrayList<>();

    private final List<KernelChannel> cloneChannels = new ArrayList<>();

    /** Owns {@code device} from the start. {@code count} workers receive; {@code most} live when some wait. */
    KernelSession(int device, FileSystem fileSystem, Guard guard, int count, int most) {
        this.device = device;
        this.fileSystem = fileSystem;
        this.guard = guard;
        this.operations = new Operations(fileSystem);
        this.channel = new KernelChannel(device);
        this.notices = new NoticeSender(channel, buffers);
        this.workers =
                new Workers(count, most, () -> new Worker(this, shared(), null), this::end, FewOrAll.TRIAL_NANOS);
        this.count = count;
        watch.setDaemon(true);
    }

    /** Agrees with the kernel on how to speak; it sends nothing else before. {@code readahead} in bytes. */
    void negotiate(int readahead) throws ErrnoException {
        Pointer memory = received.take();
        Pointer answer = Native.RUNTIME
                .getMemoryManager()
                .allocateDirect(AnswerLayout.Header.SIZE + AnswerLayout.Init.SIZE, true);
        Message init = new Message();
        boolean agreed = false;
        while (!agreed) {
            receive(init, memory);
            agreed = Negotiation.answer(init, readahead, answer.address() + AnswerLayout.Header.SIZE);
            answer.putInt(AnswerLayout.Header.LEN, (int) answer.size());
            answer.putLong(AnswerLayout.Header.UNIQUE, init.unique());
            if (Native.libc().write(device, answer.address(), answer.size()) != answer.size()) {
                throw new ErrnoException(Native.lastErrno(), "answering FUSE_INIT");
            }
        }
        received.giveBack(memory);
    }

    private void receive(Message message, Pointer memory) throws ErrnoException {
        long count;
        do {
            count = Native.libc().read(device, memory.address(), received.size());
        } while (count < 0 && isRetried(Native.lastErrno()));
        if (count < 0) {
            throw new ErrnoException(Native.lastErrno(), "receiving FUSE_INIT");
        }
        if (!message.read(memory.address(), (int) count)) {
            throw new ErrnoException(Errno.EPROTO, count + " bytes are no request");
        }
    }

    private static boolean isRetried(Errno errno) {
        return errno == Errno.EINTR || errno == Errno.EAGAIN;
    }

    /** Begins to serve. */
    void start() {
        List<Worker> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(new Worker(this, i == 0 ? shared() : ownInlet(), nonblockingInlet()));
        }
        LOG.debug("{} workers", count);
        workers.start(made);
        watch.start();
    }

    /** Looks after workers that are held up. */
    private void watch() {
        while (!closed.get()) {
            LockSupport.parkNanos(LOOK_NANOS);
            try {
                workers.replaceHeldUp();
            } catch (Throwable failure) {
                Errno ignored = guard.errnoOf(failure, "watch", 0);
            }
        }
    }

    private Inlet shared() {
        return new Inlet(device, origin(channel));
    }

    /** A descriptor of its own; where that is not permitted, the one there is. */
    private Inlet ownInlet() {
        try {
            return clonedInlet(0);
        } catch (ErrnoException e) {
            LOG.debug("a worker shares its descriptor: {}", e.getMessage());
            return shared();
        }
    }

    /** None where whoever asks has no other processor to run on meanwhile. */
    private @Nullable Inlet nonblockingInlet() {
        if (Runtime.getRuntime().availableProcessors() == 1) {
            return null;
        }
        try {
            return clonedInlet(Libc.O_NONBLOCK);
        } catch (ErrnoException e) {
            LOG.debug("a worker does not spin before it sleeps: {}", e.getMessage());
            return null;
        }
    }

    private Inlet clonedInlet(int flags) throws ErrnoException {
        int clone = Device.cloneOf(device, flags);
        KernelChannel own = new KernelChannel(clone);
        clones.add(clone);
        cloneChannels.add(own);
        return new Inlet(clone, origin(own));
    }

    private Origin origin(KernelChannel own) {
        return new Origin(own, interrupts, buffers, pipes);
    }

    Notifier notifier() {
        return new KernelNotifier(notices);
    }

    Operations operations() {
        return operations;
    }

    Guard guard() {
        return guard;
    }

    ReceiveBuffers received() {
        return received;
    }

    Workers workers() {
        return workers;
    }

    private void end() {
        try {
            close();
            fileSystem.destroy();
        } catch (RuntimeException e) {
            LOG.error("the session did not end cleanly", e);
        } finally {
            ended.complete(null);
        }
    }

    /** Answers are refused from now on. Idempotent. */
    void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        LockSupport.unpark(watch);
        notices.end();
        interrupts.end();
        boolean isQuiet = channel.close();
        for (KernelChannel clone : cloneChannels) {
            isQuiet &= clone.close();
        }
        pipes.close();
        if (isQuiet) {
            clones.forEach(Device::close);
            Device.close(device);
        } else {
            LOG.warn("an answer is still being sent: the cache's disk does not answer");
        }
    }

    @Override
    public CompletionStage<Void> ended() {
        return ended.minimalCompletionStage();
    }

    @Override
    public boolean isEnded() {
        return ended.isDone();
    }
}
