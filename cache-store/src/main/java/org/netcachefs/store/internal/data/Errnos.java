package org.netcachefs.store.internal.data;

import java.util.Map;
import org.netcachefs.store.CacheException.Reason;

/** What the errno values the store meets mean to an operator. */
public final class Errnos {
    private static final Map<Integer, String> TEXTS = Map.of(
            1,
            "operation not permitted",
            2,
            "no such file or directory",
            Native.EIO,
            "input/output error",
            Native.EAGAIN,
            "busy",
            13,
            "permission denied",
            20,
            "not a directory",
            27,
            "file too large",
            Native.ENOSPC,
            "no space left on device",
            30,
            "read-only file system",
            122,
            "disk quota exceeded");

    private Errnos() {}

    public static String text(int errno) {
        return TEXTS.getOrDefault(errno, "errno " + errno);
    }

    public static Reason reason(int errno) {
        return switch (errno) {
            case 1, 13, 30 -> Reason.PERMISSION;
            case Native.ENOSPC, 122 -> Reason.FULL;
            default -> Reason.IO;
        };
    }
}
