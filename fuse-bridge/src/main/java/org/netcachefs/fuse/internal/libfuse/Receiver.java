package org.netcachefs.fuse.internal.libfuse;

import java.util.concurrent.locks.LockSupport;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.protocol.Interruption;
import org.netcachefs.fuse.internal.protocol.Opcode;
import org.netcachefs.fuse.internal.protocol.ReceiveBuffers;
import org.netcachefs.fuse.internal.protocol.RequestLayout;

/**
 * A thread that takes requests from the kernel and runs libfuse's callbacks for them. Its fields belong to its own thread,
 * but for what is said otherwise.
 */
final class Receiver extends Thread {
    private static final long RETRY_NANOS = 100_000_000;

    private final ReceiverPool pool;
    private final LibfuseSession session;
    private final Pointer control;
    private final Pointer scratch;
    private Pointer data;
    private boolean dataKept;
    private long request;
    private Interruption interruption = new Interruption(0, 0);

    Receiver(ReceiverPool pool, LibfuseSession session, int number) {
        super(null, null, "fuse-receiver-" + number, 512 << 10);
        this.pool = pool;
        this.session = session;
        this.control = allocate(Layout.Buffer.STRUCT_SIZE + Long.BYTES);
        this.scratch = allocate(PendingDirectory.scratchSize());
        this.data = session.received().take();
        setDaemon(true);
    }

    private static Pointer allocate(int bytes) {
        return Native.RUNTIME.getMemoryManager().allocateDirect(bytes, false);
    }

    /** The receiver that runs the calling callback. */
    static Receiver current() {
        return (Receiver) Thread.currentThread();
    }

    ReceiverPool pool() {
        return pool;
    }

    /** The kernel's number of the request being served. */
    long request() {
        return request;
    }

    /** The kernel's number of the inode the request is about. */
    long kernelNode() {
        return Native.MEMORY.getLong(data.address() + RequestLayout.Header.NODEID);
    }

    /** The request takes a name away. */
    boolean isUnlink() {
        return opcode() == Opcode.UNLINK;
    }

    /** The name that the request gives an object, if it is a renaming. */
    @Nullable
    FileName renamedTo() {
        if (opcode() != Opcode.RENAME) {
            return null;
        }
        long oldName = data.address() + RequestLayout.Rename.END;
        long newName = oldName + Native.MEMORY.getZeroTerminatedByteArray(oldName).length + 1;
        return FileName.of(Native.MEMORY.getZeroTerminatedByteArray(newName));
    }

    private int opcode() {
        return Native.MEMORY.getInt(data.address() + RequestLayout.Header.OPCODE);
    }

    /** The thread that waits for the answer. */
    int asking() {
        return Native.MEMORY.getInt(data.address() + RequestLayout.Header.PID);
    }

    Caller caller() {
        long header = data.address();
        return new Caller(
                Native.MEMORY.getInt(header + RequestLayout.Header.UID),
                Native.MEMORY.getInt(header + RequestLayout.Header.GID),
                Native.MEMORY.getInt(header + RequestLayout.Header.PID));
    }

    /** Memory for one directory entry. */
    long scratch() {
        return scratch.address();
    }

    /** The memory the request's bytes are in. */
    Pointer data() {
        return data;
    }

    ReceiveBuffers buffers() {
        return session.received();
    }

    /** The request's bytes are still in use after its callback: the next request goes to other memory. */
    void takesOther() {
        dataKept = true;
    }

    /** What becomes of the request being served when its thread gets a signal. */
    Interruption interruption() {
        return interruption;
    }

    @Override
    public void run() {
        try {
            while (!pool.isEnding() && pool.stays(this) && turn()) {
                // Each turn serves one request.
            }
        } finally {
            if (!dataKept) {
                session.received().giveBack(data);
            }
            pool.leave(this);
        }
    }

    /** Nothing that goes wrong with one request ends the receiver. */
    private boolean turn() {
        try {
            return receive();
        } catch (Throwable failure) {
            session.failed(failure, request);
            return true;
        }
    }

    /** Takes and serves one request. False when the session is over. */
    private boolean receive() {
        long buffer = control.address();
        long channel = buffer + Layout.Buffer.STRUCT_SIZE;
        if (dataKept) {
            data = session.received().take();
            dataKept = false;
        }
        Native.MEMORY.putLong(buffer + Layout.Buffer.SIZE, session.received().size());
        Native.MEMORY.putInt(buffer + Layout.Buffer.FLAGS, 0);
        Native.MEMORY.putLong(buffer + Layout.Buffer.MEMORY, data.address());
        Native.MEMORY.putLong(channel, session.channel());
        int received = session.receive(buffer, channel);
        if (received == -Errno.EINTR.number() || received == -Errno.EAGAIN.number()) {
            return !session.isOver();
        }
        if (received < 0 && !session.isOver()) {
            // Out of memory for a moment, say; an unmount looks different.
            session.receiveFailed(Errno.of(-received));
            LockSupport.parkNanos(RETRY_NANOS);
            return true;
        }
        if (received <= 0 || session.isOver()) {
            session.over();
            pool.end();
            return false;
        }
        serve(buffer, Native.MEMORY.getLong(channel));
        return true;
    }

    private void serve(long buffer, long channel) {
        long message = data.address();
        request = Native.MEMORY.getLong(message + RequestLayout.Header.UNIQUE);
        interruption = new Interruption(request, Native.MEMORY.getInt(message + RequestLayout.Header.PID));
        switch (Native.MEMORY.getInt(message + RequestLayout.Header.OPCODE)) {
            case Opcode.READ -> session.read(this, message);
            case Opcode.WRITE -> session.write(this, message);
            case Opcode.GETLK -> session.queryLock(this, message);
            case Opcode.SETLK -> session.lock(this, message, false);
            case Opcode.SETLKW -> session.lock(this, message, true);
            case Opcode.INTERRUPT ->
                pool.interrupts().interrupted(Native.MEMORY.getLong(message + RequestLayout.Interrupt.UNIQUE));
            default -> process(buffer, channel);
        }
    }

    private void process(long buffer, long channel) {
        pool.beginServing();
        try {
            session.process(buffer, channel);
        } finally {
            pool.endServing();
        }
    }
}
