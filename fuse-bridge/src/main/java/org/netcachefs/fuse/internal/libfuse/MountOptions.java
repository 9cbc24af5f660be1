package org.netcachefs.fuse.internal.libfuse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.netcachefs.fuse.MountRequest;

/** A mount request as libfuse's command line. */
final class MountOptions {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int LARGEST_READ = 128 << 10;
    /** So many readahead requests may be under way: those of files that hang must not hold up the others. */
    private static final int BACKGROUND = 8192;

    private MountOptions() {}

    static List<String> arguments(Path mountPoint, MountRequest request) {
        List<String> options = new ArrayList<>(request.options());
        options.add("fsname=" + escape(request.source()));
        options.add("subtype=" + escape(request.subtype()));
        options.add("nonempty");
        options.add("use_ino");
        options.add("big_writes");
        options.add("no_splice_read");
        options.add("negative_timeout=0");
        options.add("entry_timeout=" + seconds(request.entryValidNanos()));
        options.add("attr_timeout=" + seconds(request.attributesValidNanos()));
        options.add("max_background=" + BACKGROUND);
        options.add("congestion_threshold=" + BACKGROUND);
        if (request.maxRead() > 0 && request.maxRead() < LARGEST_READ) {
            options.add("max_read=" + request.maxRead());
        }
        if (request.readahead() > 0) {
            options.add("max_readahead=" + request.readahead());
        }
        return List.of("netcachefs", "-f", "-o", String.join(",", options), mountPoint.toString());
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.6f", nanos / NANOS_PER_SECOND);
    }

    /** libfuse takes a comma or backslash of an option's value only behind a backslash. */
    static String escape(String value) {
        return value.replace("\\", "\\\\").replace(",", "\\,");
    }
}
