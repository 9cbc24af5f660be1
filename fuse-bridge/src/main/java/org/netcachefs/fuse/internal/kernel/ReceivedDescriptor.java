package org.netcachefs.fuse.internal.kernel;

import jnr.ffi.Pointer;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.internal.Native;

/** A descriptor sent through a Unix socket (SCM_RIGHTS). The layouts are those of 64-bit Linux. */
final class ReceivedDescriptor {
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;

    /** {@code struct msghdr}. */
    private static final int VECTOR = 16;

    private static final int VECTOR_LENGTH = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int MESSAGE_SIZE = 56;

    /** {@code struct cmsghdr} with one int: length, level, type, data. */
    private static final int LEVEL = 8;

    private static final int TYPE = 12;
    private static final int DATA = 16;
    private static final int CONTROL_SIZE = 24;

    private ReceivedDescriptor() {}

    /** -1 if the other end closed without sending one. */
    static int from(int socket) {
        int vectorAt = MESSAGE_SIZE;
        int controlAt = vectorAt + 16;
        int byteAt = controlAt + CONTROL_SIZE;
        Pointer memory = Native.RUNTIME.getMemoryManager().allocateDirect(byteAt + Long.BYTES, true);
        memory.putLong(VECTOR, memory.address() + vectorAt);
        memory.putLong(VECTOR_LENGTH, 1);
        memory.putLong(CONTROL, memory.address() + controlAt);
        memory.putLong(CONTROL_LENGTH, CONTROL_SIZE);
        memory.putLong(vectorAt, memory.address() + byteAt);
        memory.putLong(vectorAt + Long.BYTES, 1);
        long count;
        do {
            count = Native.libc().recvmsg(socket, memory.address(), MSG_CMSG_CLOEXEC);
        } while (count < 0 && Native.lastErrno() == Errno.EINTR);
        boolean sent = count > 0
                && memory.getLong(CONTROL_LENGTH) >= DATA + Integer.BYTES
                && memory.getInt(controlAt + LEVEL) == SOL_SOCKET
                && memory.getInt(controlAt + TYPE) == SCM_RIGHTS;
        return sent ? memory.getInt(controlAt + DATA) : -1;
    }
}
