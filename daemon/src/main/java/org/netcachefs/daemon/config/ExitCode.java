package org.netcachefs.daemon.config;

/** What a command ends with: stable from the first release. */
public enum ExitCode {
    OK(0, "done"),
    USAGE(1, "usage: unknown option, bad or missing value, missing size"),
    SYSTEM(2, "system: no /dev/fuse, fusermount, library or JDK; the build failed"),
    INTERNAL(4, "internal error"),
    INTERRUPTED(8, "interrupted"),
    UPSTREAM(10, "upstream missing, not a directory or unreadable"),
    MOUNT_POINT(11, "mount point missing, a file, or already a netcachefs mount"),
    NESTED(12, "upstream, mount point and cache are nested"),
    CACHE_IN_USE(20, "cache in use by another process"),
    CACHE_FORMAT(21, "cache of another format version or block size"),
    CACHE_DAMAGED(22, "cache damaged, or not to be used"),
    CACHE_SIZE(23, "size too small, or larger than the disk"),
    NO_DAEMON(30, "no daemon, or not a netcachefs mount"),
    NOT_PERMITTED(31, "not permitted"),
    REFUSED(32, "the kernel refused the mount, or it did not answer in time"),
    UNREACHABLE(33, "upstream unreachable"),
    BUSY(34, "busy");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    /** A few words for the manual. */
    public String meaning() {
        return meaning;
    }

    /** The exit code with this number; INTERNAL when there is none. */
    public static ExitCode of(int code) {
        for (ExitCode each : values()) {
            if (each.code == code) {
                return each;
            }
        }
        return INTERNAL;
    }
}
