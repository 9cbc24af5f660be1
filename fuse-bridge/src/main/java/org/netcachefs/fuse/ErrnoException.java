package org.netcachefs.fuse;

/** A failed operation with the errno its caller shall see. Without stack trace: an ordinary outcome. */
public class ErrnoException extends Exception {
    private static final long serialVersionUID = 1;
    private final Errno errno;

    public ErrnoException(Errno errno, String what) {
        super(errno + ": " + what, null, false, false);
        this.errno = errno;
    }

    public Errno errno() {
        return errno;
    }
}
