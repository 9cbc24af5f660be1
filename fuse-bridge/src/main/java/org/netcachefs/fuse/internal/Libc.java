package org.netcachefs.fuse.internal;

import jnr.ffi.annotations.SaveError;

/** What transports call of libc; addresses as {@code long}. Public for jnr-ffi only. */
public interface Libc {
    /** umount2(2): fail pending requests. */
    int MNT_FORCE = 1;
    /** umount2(2): detach now, clean up when no longer busy. */
    int MNT_DETACH = 2;

    int O_RDWR = 02;
    int O_CLOEXEC = 02000000;
    int O_NONBLOCK = 04000;

    @SaveError
    int open(String path, int flags);

    @SaveError
    int close(int descriptor);

    @SaveError
    long read(int descriptor, long buffer, long length);

    @SaveError
    long pread(int descriptor, long buffer, long length, long offset);

    @SaveError
    long write(int descriptor, long buffer, long length);

    /** {@code vector} is an array of {@code struct iovec}. */
    @SaveError
    long writev(int descriptor, long vector, int count);

    @SaveError
    int ioctl(int descriptor, long request, long argument);

    @SaveError
    int statfs(String path, long buffer);

    @SaveError
    int mount(String source, String target, String type, long flags, String data);

    @SaveError
    int umount2(String target, int flags);

    int geteuid();

    int getegid();

    /** {@code descriptors} receives two ints. */
    @SaveError
    int socketpair(int domain, int type, int protocol, long descriptors);

    /** {@code descriptors} receives two ints. */
    @SaveError
    int pipe2(long descriptors, int flags);

    @SaveError
    int fcntl(int descriptor, int command, int argument);

    /** The seventh argument is none: jnr-ffi passes six integers wrongly. */
    @SaveError
    long splice(int in, long inOffset, int out, long outOffset, long length, int flags, long none);

    /** {@code message} is a {@code struct msghdr}. */
    @SaveError
    long recvmsg(int socket, long message, int flags);

    /** Returns an errno. The seventh argument is none: jnr-ffi passes six integers wrongly. */
    int posix_spawn(
            long pid, String path, long fileActions, long attributes, long arguments, long environment, long none);

    int posix_spawn_file_actions_init(long fileActions);

    int posix_spawn_file_actions_adddup2(long fileActions, int descriptor, int newDescriptor);

    int posix_spawn_file_actions_destroy(long fileActions);

    @SaveError
    int waitpid(int pid, long status, int options);
}
