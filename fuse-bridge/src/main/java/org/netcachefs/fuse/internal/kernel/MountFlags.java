package org.netcachefs.fuse.internal.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.netcachefs.fuse.MountRequest;

/** Mount options as mount(2) takes them: {@code flags} (MS_*) and {@code others}, which FUSE itself is told. */
record MountFlags(long flags, List<String> others) {
    static final long MS_RDONLY = 1;
    static final long MS_NOSUID = 1 << 1;
    static final long MS_NODEV = 1 << 2;
    private static final long MS_NOEXEC = 1 << 3;
    private static final long MS_SYNCHRONOUS = 1 << 4;
    private static final long MS_DIRSYNC = 1 << 7;
    private static final long MS_NOATIME = 1 << 10;
    private static final long MS_NODIRATIME = 1 << 11;
    private static final long MS_RELATIME = 1 << 21;
    private static final long MS_STRICTATIME = 1 << 24;

    private static final Map<String, Long> SET = Map.of(
            "ro", MS_RDONLY,
            "nosuid", MS_NOSUID,
            "nodev", MS_NODEV,
            "noexec", MS_NOEXEC,
            "sync", MS_SYNCHRONOUS,
            "dirsync", MS_DIRSYNC,
            "noatime", MS_NOATIME,
            "nodiratime", MS_NODIRATIME,
            "relatime", MS_RELATIME,
            "strictatime", MS_STRICTATIME);

    private static final Map<String, Long> CLEARED = Map.of(
            "rw", MS_RDONLY,
            "suid", MS_NOSUID,
            "dev", MS_NODEV,
            "exec", MS_NOEXEC,
            "async", MS_SYNCHRONOUS,
            "atime", MS_NOATIME);

    /** Unless told otherwise neither set-user-ID programs nor device files work, as with fusermount. */
    static MountFlags of(MountRequest request) {
        long flags = MS_NOSUID | MS_NODEV;
        List<String> others = new ArrayList<>();
        for (String option : request.options()) {
            if (SET.containsKey(option)) {
                flags |= SET.get(option);
            } else if (CLEARED.containsKey(option)) {
                flags &= ~CLEARED.get(option);
            } else {
                others.add(option);
            }
        }
        if (request.maxRead() > 0) {
            others.add("max_read=" + request.maxRead());
        }
        return new MountFlags(flags, List.copyOf(others));
    }
}
