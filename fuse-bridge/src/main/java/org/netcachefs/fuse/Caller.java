package org.netcachefs.fuse;

/** The process a request was made for: effective file system user, group and process id (0 when the kernel acts for itself). */
public record Caller(int uid, int gid, int pid) {
    /** The same user in the process {@code number}. */
    public Caller ofProcess(int number) {
        return new Caller(uid, gid, number);
    }
}
