package org.netcachefs.fuse;

/** A mount that could not be made. The message is one line for the user: what, where, remedy. */
public class MountException extends Exception {
    private static final long serialVersionUID = 1;

    /** Why, for the exit code. */
    public enum Reason {
        /** No /dev/fuse, no fusermount, no library. */
        SYSTEM_MISSING,
        /** The mount point cannot be used. */
        MOUNT_POINT,
        /** The kernel refused, or nothing answered in time. */
        REFUSED
    }

    private final Reason reason;

    public MountException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
