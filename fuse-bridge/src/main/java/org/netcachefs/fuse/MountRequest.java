package org.netcachefs.fuse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What to mount: {@code source} and {@code subtype} are shown in /proc/mounts as {@code SOURCE MOUNTPOINT fuse.SUBTYPE};
 * {@code options} are mount(8)'s ({@code ro}, {@code nosuid}, {@code allow_other}, …); {@code timeout} bounds the wait until the
 * mount answers; {@code maxRead} and {@code readahead} in bytes; validities in nanoseconds apply where a transport lacks
 * {@link Capability#ENTRY_VALIDITY}; {@code receivers} threads take requests.
 */
public record MountRequest(
        Path mountPoint,
        String source,
        String subtype,
        List<String> options,
        Duration timeout,
        int maxRead,
        int readahead,
        long entryValidNanos,
        long attributesValidNanos,
        int receivers) {
    public MountRequest {
        options = List.copyOf(options);
    }
}
