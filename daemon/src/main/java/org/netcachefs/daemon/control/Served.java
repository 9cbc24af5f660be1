package org.netcachefs.daemon.control;

import java.util.Optional;
import org.netcachefs.daemon.config.MountPlan;
import org.netcachefs.daemon.netfs.NetFileSystem;
import org.netcachefs.daemon.upstream.UpstreamCalls;
import org.netcachefs.fuse.Mount;
import org.netcachefs.store.BlockCache;

/**
 * The running parts that administrators ask about. {@code bypass} says why there is no cache, empty when there is one;
 * {@code startNanos} is {@link System#nanoTime} of the start.
 */
public record Served(
        MountPlan plan,
        Mount mount,
        BlockCache cache,
        NetFileSystem fileSystem,
        UpstreamCalls upstream,
        Optional<String> bypass,
        long startNanos) {}
