package org.netcachefs.daemon.upstream.internal;

import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

/** Calls that answer with a run of bytes: link targets and extended attributes. Thread-safe. */
final class SizedCalls {
    private final Actors actors;
    private final ScratchPool large;

    SizedCalls(Actors actors, ScratchPool large) {
        this.actors = actors;
        this.large = large;
    }

    byte[] readlink(Descriptor link) throws ErrnoException {
        try {
            return make(link, "readlink", (number, s) -> Libc.C.readlinkat(number, s.empty(), s.room(), s.roomBytes()));
        } catch (ErrnoException e) {
            // what the kernel says of an empty path that stands for no link
            throw e.errno() == Errno.ENOENT ? new ErrnoException(Errno.EINVAL, "not a symbolic link") : e;
        }
    }

    byte[] getxattr(Descriptor object, byte[] name) throws ErrnoException {
        return make(
                object,
                "getxattr",
                (number, s) -> Libc.C.getxattr(s.descriptorPath(number), s.name(name), s.room(), s.roomBytes()));
    }

    byte[] listxattr(Descriptor object) throws ErrnoException {
        return make(
                object,
                "listxattr",
                (number, s) -> Libc.C.listxattr(s.descriptorPath(number), s.room(), s.roomBytes()));
    }

    private byte[] make(Descriptor object, String what, Call call) throws ErrnoException {
        int number = object.lease();
        Scratch scratch = large.take();
        try {
            long length;
            do {
                length = actors.make(() -> call.make(number, scratch));
            } while (length < 0 && Libc.interrupted());
            if (length < 0) {
                throw Libc.failure(what);
            }
            return scratch.roomContent((int) length);
        } finally {
            large.give(scratch);
            object.release();
        }
    }

    /** Puts bytes into the room and answers how many, or a negative number. */
    private interface Call {
        long make(int descriptor, Scratch scratch) throws ErrnoException;
    }
}
