package org.netcachefs.fuse.internal.kernel;

import java.util.function.LongConsumer;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.OwnedBuffer;
import org.netcachefs.fuse.internal.protocol.Answer;
import org.netcachefs.fuse.internal.protocol.DirectoryAnswer;
import org.netcachefs.fuse.internal.protocol.Encoder;
import org.netcachefs.fuse.internal.protocol.Encoders;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.Origin;
import org.netcachefs.fuse.internal.protocol.ReadAnswer;
import org.netcachefs.fuse.internal.protocol.ReceiveBuffers;
import org.netcachefs.fuse.internal.protocol.ReceivedBytes;
import org.netcachefs.fuse.internal.protocol.ValueAnswer;

/** The request a worker is serving: the message in the worker's memory, who asks, and the answer. One for all requests of a worker; its own thread's. */
final class Request {
    private Origin origin;
    private final ReceiveBuffers buffers;
    private final Message message = new Message();
    private Pointer memory;
    private boolean memoryKept;
    private @Nullable ReceivedBytes data;
    private @Nullable Answer answer;
    private boolean unanswered;
    private Caller caller = new Caller(0, 0, 0);

    Request(Origin origin, ReceiveBuffers buffers) {
        this.origin = origin;
        this.buffers = buffers;
        this.memory = buffers.take();
    }

    /** Where the next message is to be received: the memory of the last one, unless its bytes are still in use. */
    long prepare() {
        if (memoryKept) {
            memory = buffers.take();
            memoryKept = false;
        }
        return memory.address();
    }

    /** By which way the next message comes, and its answer goes. */
    void cameBy(Origin way) {
        origin = way;
    }

    /** {@code received} bytes have come. False: they are no message that could be served or answered. */
    boolean begin(int received) {
        answer = null;
        data = null;
        unanswered = false;
        return message.read(memory.address(), received);
    }

    Message message() {
        return message;
    }

    Origin origin() {
        return origin;
    }

    long node() {
        return message.node();
    }

    Caller caller() {
        int uid = message.uid();
        int gid = message.gid();
        int pid = message.pid();
        if (caller.uid() != uid || caller.gid() != gid || caller.pid() != pid) {
            caller = new Caller(uid, gid, pid);
        }
        return caller;
    }

    /** The kernel expects no answer, not even an error. */
    void isNotAnswered() {
        unanswered = true;
    }

    <T> ValueAnswer<T> answer(Encoder<T> encoder) {
        ValueAnswer<T> made = new ValueAnswer<>(origin, message.unique(), message.pid(), encoder);
        answer = made;
        return made;
    }

    ReadAnswer readAnswer(int size) {
        ReadAnswer made = new ReadAnswer(origin, message.unique(), message.pid(), size);
        answer = made;
        return made;
    }

    DirectoryAnswer directoryAnswer(int size, boolean withAttributes, LongConsumer forget) {
        DirectoryAnswer made =
                new DirectoryAnswer(origin, message.unique(), message.pid(), size, withAttributes, forget);
        answer = made;
        return made;
    }

    /** The {@code length} bytes of a write at {@code offset}. */
    OwnedBuffer data(int offset, int length) throws ErrnoException {
        ReceivedBytes bytes = new ReceivedBytes(memory, message.addressOf(offset, length), length, buffers);
        data = bytes;
        return bytes;
    }

    /** Its operation has returned, with a negative errno if it threw: that is the answer, unless there was one before. */
    void end(int result) {
        if (data != null) {
            memoryKept = data.keep();
        }
        if (result < 0 && !unanswered) {
            Answer given = answer;
            (given == null ? answer(Encoders.NOTHING) : given).failed(result);
        }
    }

    /** Its operation has returned, and somebody else is to answer it. */
    boolean isHandedOver() {
        return answer != null && !answer.isAnswered();
    }

    /** The worker ends. */
    void close() {
        if (!memoryKept) {
            buffers.giveBack(memory);
            memoryKept = true;
        }
    }
}
