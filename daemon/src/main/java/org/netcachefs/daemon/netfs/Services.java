package org.netcachefs.daemon.netfs;

import java.util.concurrent.ScheduledExecutorService;
import org.netcachefs.daemon.upstream.UpstreamCalls;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.Volume;

/**
 * What the file system stands on; owned and closed by who made it. {@code timer} runs short tasks that never block
 * (one thread will do).
 */
public record Services(
        Volume volume,
        BlockGeometry geometry,
        UpstreamCalls upstream,
        BufferPool buffers,
        NetClock clock,
        ScheduledExecutorService timer) {}
