package org.netcachefs.fuse.internal.libfuse;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.MountException;
import org.netcachefs.fuse.Notifier;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.mount.Session;
import org.netcachefs.fuse.internal.protocol.AnswerBuffers;
import org.netcachefs.fuse.internal.protocol.Encoder;
import org.netcachefs.fuse.internal.protocol.Encoders;
import org.netcachefs.fuse.internal.protocol.KernelChannel;
import org.netcachefs.fuse.internal.protocol.Origin;
import org.netcachefs.fuse.internal.protocol.ReadAnswer;
import org.netcachefs.fuse.internal.protocol.ReceiveBuffers;
import org.netcachefs.fuse.internal.protocol.RequestLayout;
import org.netcachefs.fuse.internal.protocol.SplicePipes;
import org.netcachefs.fuse.internal.protocol.ValueAnswer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A libfuse session from its mount to its teardown: libfuse parses, answers and unmounts, the receivers run the loop.
 * Thread-safe.
 */
final class LibfuseSession implements Session {
    private static final Logger LOG = LoggerFactory.getLogger(LibfuseSession.class);
    private static final int MOST_RECEIVERS = 256;
    /** libfuse 2 negotiates requests of at most this. */
    private static final int LARGEST_READ = 128 << 10;

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final LibFuse lib;
    private final FileSystem fileSystem;
    /** Held so that the callbacks live as long as libfuse may call them. */
    private final OperationTable operations;

    private final long fuse;
    private final long mountPoint;
    private final long session;
    private final long channel;
    private final ReceiveBuffers received;
    private final KernelChannel answers;
    private final AnswerBuffers buffers;
    private final SplicePipes pipes = new SplicePipes();
    private final Notifications notifications;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private LibfuseSession(LibFuse lib, FileSystem fileSystem, OperationTable operations, long fuse, long mountPoint) {
        this.lib = lib;
        this.fileSystem = fileSystem;
        this.operations = operations;
        this.fuse = fuse;
        this.mountPoint = mountPoint;
        this.session = lib.fuse_get_session(fuse);
        this.channel = lib.fuse_session_next_chan(session, 0);
        this.received = new ReceiveBuffers(Math.toIntExact(lib.fuse_chan_bufsize(channel)));
        this.answers = new KernelChannel(lib.fuse_chan_fd(channel));
        this.buffers = new AnswerBuffers(LARGEST_READ);
        this.notifications = new Notifications(answers, buffers, operations.inodes());
    }

    /** Mounts; nothing is served before {@link #start}. */
    static LibfuseSession mount(LibFuse lib, List<String> arguments, FileSystem fileSystem, Guard guard)
            throws MountException {
        OperationTable operations = new OperationTable(fileSystem, guard);
        long[] mountPoint = new long[1];
        int[] multithreaded = new int[1];
        String[] argv = arguments.toArray(String[]::new);
        long fuse = lib.fuse_setup(
                argv.length, argv, operations.address(), operations.size(), mountPoint, multithreaded, 0);
        if (fuse == 0) {
            throw new MountException(MountException.Reason.REFUSED, refusal(arguments));
        }
        return new LibfuseSession(lib, fileSystem, operations, fuse, mountPoint[0]);
    }

    /** libfuse and fusermount say why on standard error only. */
    private static String refusal(List<String> arguments) {
        String mountPoint = arguments.get(arguments.size() - 1);
        boolean forAll =
                arguments.toString().contains("allow_other") && Native.libc().geteuid() != 0;
        return "the kernel or fusermount refused to mount at " + mountPoint
                + (forAll ? "; allow_other needs user_allow_other in /etc/fuse.conf" : "");
    }

    Notifier notifier() {
        return notifications;
    }

    /** Begins to serve with {@code receivers} threads. */
    void start(int receivers) {
        LOG.debug("{} receivers, {} bytes of operations", receivers, operations.size());
        new ReceiverPool(
                        receivers,
                        MOST_RECEIVERS,
                        Errno.EIO,
                        pool -> new Receiver(pool, this, NUMBERS.incrementAndGet()),
                        this::teardown)
                .start();
    }

    @Override
    public CompletionStage<Void> ended() {
        return ended.minimalCompletionStage();
    }

    @Override
    public boolean isEnded() {
        return ended.isDone();
    }

    long channel() {
        return channel;
    }

    /** Each has room for the largest request. */
    ReceiveBuffers received() {
        return received;
    }

    int receive(long buffer, long channelPointer) {
        return lib.fuse_session_receive_buf(session, buffer, channelPointer);
    }

    void process(long buffer, long channelOfRequest) {
        lib.fuse_session_process_buf(session, buffer, channelOfRequest);
    }

    /** Serves a read that lies at {@code message}. */
    void read(Receiver receiver, long message) {
        int size = Native.MEMORY.getInt(message + RequestLayout.Data.SIZE);
        Origin origin = origin(receiver);
        operations.data().read(receiver, message, new ReadAnswer(origin, receiver.request(), receiver.asking(), size));
    }

    /** Serves a write that lies at {@code message}. */
    void write(Receiver receiver, long message) {
        operations.data().write(receiver, message, answer(receiver, Encoders.WRITTEN));
    }

    /** Serves a request for a lock that lies at {@code message}. */
    void lock(Receiver receiver, long message, boolean blocking) {
        operations.locks().set(receiver, message, blocking, answer(receiver, Encoders.NOTHING));
    }

    /** Serves a query of a lock that lies at {@code message}. */
    void queryLock(Receiver receiver, long message) {
        operations.locks().query(receiver, message, answer(receiver, Encoders.LOCK));
    }

    private <T> ValueAnswer<T> answer(Receiver receiver, Encoder<T> encoder) {
        return new ValueAnswer<>(origin(receiver), receiver.request(), receiver.asking(), encoder);
    }

    private Origin origin(Receiver receiver) {
        return new Origin(answers, receiver.pool().interrupts(), buffers, pipes);
    }

    /** A receiver could not serve {@code request}. */
    void failed(Throwable failure, long request) {
        Errno ignored = operations.guard().errnoOf(failure, "receive", request);
    }

    boolean isOver() {
        return lib.fuse_session_exited(session) != 0;
    }

    void receiveFailed(Errno errno) {
        LOG.warn("receiving from the kernel failed: {}", errno);
    }

    /** The kernel ended the session. */
    void over() {
        lib.fuse_session_exit(session);
    }

    /** On the last receiver: nothing of libfuse is in use any more. Unmounts what is still mounted. */
    private void teardown() {
        try {
            notifications.end();
            boolean ignored = answers.close();
            pipes.close();
            lib.fuse_teardown(fuse, mountPoint);
            fileSystem.destroy();
        } catch (RuntimeException e) {
            LOG.error("the session did not end cleanly", e);
        } finally {
            ended.complete(null);
        }
    }
}
