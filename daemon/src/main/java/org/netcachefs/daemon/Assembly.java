package org.netcachefs.daemon;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import org.netcachefs.daemon.config.ComponentConfigs;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.MountChecks;
import org.netcachefs.daemon.config.MountOptions;
import org.netcachefs.daemon.config.MountPlan;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.daemon.control.Served;
import org.netcachefs.daemon.netfs.BufferPool;
import org.netcachefs.daemon.netfs.CullerThread;
import org.netcachefs.daemon.netfs.NetClock;
import org.netcachefs.daemon.netfs.NetFileSystem;
import org.netcachefs.daemon.netfs.NetfsConfig;
import org.netcachefs.daemon.netfs.Services;
import org.netcachefs.daemon.upstream.CallPools;
import org.netcachefs.daemon.upstream.UpstreamCalls;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTrees;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.Mount;
import org.netcachefs.fuse.MountException;
import org.netcachefs.fuse.Transport;
import org.netcachefs.fuse.Transports;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.Volume;

/** The composition root: every part of one mount is made here, with {@code new}. Used once. */
final class Assembly {
    private final MountPlan plan;
    private final Parts parts;
    private final Consumer<String> warnings;
    private final long startNanos;

    Assembly(MountPlan plan, Parts parts, Consumer<String> warnings, long startNanos) {
        this.plan = plan;
        this.parts = parts;
        this.warnings = warnings;
        this.startNanos = startNanos;
    }

    /** Upstream's root is opened first: it may be mounted over. */
    Served serve() throws RefusedException {
        NetfsConfig netfsConfig = ComponentConfigs.netfs(plan.options());
        requireCapabilities();
        UpstreamTree tree = tree();
        MountChecks.coherency(plan, tree.checksUpstream());
        OpenedCache opened = OpenedCache.open(plan, warnings);
        BlockCache cache = parts.add("cache", opened.cache());
        UpstreamCalls upstream = parts.add(
                "upstream",
                CallPools.start("upstream", tree, ComponentConfigs.upstream(plan.options()), System::nanoTime));
        culler(cache);
        NetFileSystem fileSystem = fileSystem(netfsConfig, cache, upstream);
        Mount mount = mount(netfsConfig, fileSystem);
        return new Served(plan, mount, cache, fileSystem, upstream, opened.bypass(), startNanos);
    }

    private void requireCapabilities() throws RefusedException {
        if (!plan.options().get(MountOptions.ALLOW_OTHER)) {
            return;
        }
        try {
            MountChecks.capabilities(UpstreamTrees.missingCapabilities());
        } catch (ErrnoException e) {
            throw new RefusedException(ExitCode.SYSTEM, "--allow-other: " + e.getMessage());
        }
    }

    private UpstreamTree tree() throws RefusedException {
        try {
            return parts.add("upstream tree", UpstreamTrees.open(plan.upstream()));
        } catch (ErrnoException e) {
            throw unusable(e);
        }
    }

    private void culler(BlockCache cache) {
        parts.add("culler", new CullerThread(cache.culler())).start();
    }

    private NetFileSystem fileSystem(NetfsConfig config, BlockCache cache, UpstreamCalls upstream)
            throws RefusedException {
        BlockGeometry geometry = cache.geometry();
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "netcachefs-timer");
            thread.setDaemon(true);
            return thread;
        });
        parts.add("timer", timer::shutdown);
        try {
            Services services = new Services(
                    volume(cache),
                    geometry,
                    upstream,
                    new BufferPool(ComponentConfigs.BUFFER_BYTES, geometry.blockBytes()),
                    NetClock.system(),
                    timer);
            return NetFileSystem.of(config, services, plan.options().get(MountOptions.READ_ONLY));
        } catch (ErrnoException e) {
            throw unusable(e);
        }
    }

    private Volume volume(BlockCache cache) throws RefusedException {
        try {
            return cache.volume(plan.volume());
        } catch (CacheException e) {
            throw new RefusedException(
                    ExitCode.CACHE_DAMAGED, "cache " + plan.cacheDirectory() + ": " + e.getMessage());
        }
    }

    private Mount mount(NetfsConfig config, NetFileSystem fileSystem) throws RefusedException {
        try {
            Mount mount = transport().mount(ComponentConfigs.mount(plan, config), fileSystem);
            parts.add("mount", () -> mount.unmount(Mount.UnmountMode.DETACH));
            return mount;
        } catch (MountException e) {
            throw new RefusedException(code(e.reason()), String.valueOf(e.getMessage()));
        }
    }

    private Transport transport() {
        return plan.options().get(MountOptions.TRANSPORT).equals("kernel") ? Transports.kernel() : Transports.libfuse();
    }

    private static ExitCode code(MountException.Reason reason) {
        return switch (reason) {
            case SYSTEM_MISSING -> ExitCode.SYSTEM;
            case MOUNT_POINT -> ExitCode.MOUNT_POINT;
            case REFUSED -> ExitCode.REFUSED;
        };
    }

    private RefusedException unusable(ErrnoException e) {
        return new RefusedException(ExitCode.UPSTREAM, "upstream " + plan.upstream() + ": " + e.getMessage());
    }
}
