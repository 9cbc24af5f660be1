package org.netcachefs.daemon.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.netcachefs.daemon.netfs.AttributeTimes;
import org.netcachefs.daemon.netfs.NetfsConfig;
import org.netcachefs.daemon.netfs.WriteLimit;
import org.netcachefs.daemon.upstream.UpstreamConfig;
import org.netcachefs.fuse.MountRequest;
import org.netcachefs.store.CacheConfig;

/** What a {@link MountPlan} means for each component. */
public final class ComponentConfigs {
    /** Data buffers, off-heap, in bytes. Also the bound of the queue of fills, so that none is dropped while the disk keeps up. */
    public static final long BUFFER_BYTES = 64L << 20;

    private static final int STORE_THREADS = 4;
    private static final int RECEIVERS = 4;

    /** The kernel's own, at most: what a processor's cache still holds when it is read, and what maps files gets around each fault (docs/design/0003). */
    private static final int KERNEL_READAHEAD = 512 << 10;

    /** So that is one request, of two blocks of the usual size; libfuse's most is a quarter of it. */
    private static final int MAX_READ = KERNEL_READAHEAD;

    /** The kernel's own unless told otherwise. */
    private static final int LEAST_KERNEL_READAHEAD = 128 << 10;

    private ComponentConfigs() {}

    public static CacheConfig cache(MountPlan plan) {
        OptionValues options = plan.options();
        return new CacheConfig(
                plan.cacheDirectory(),
                number(options, MountOptions.SIZE),
                options.find(MountOptions.DATA),
                number(options, MountOptions.INDEX_SIZE),
                number(options, MountOptions.BLOCK_SIZE),
                options.get(MountOptions.PREALLOCATE),
                options.get(MountOptions.CULL),
                BUFFER_BYTES,
                STORE_THREADS,
                options.get(MountOptions.RECREATE));
    }

    /** Throws {@link RefusedException} when times contradict each other. */
    public static NetfsConfig netfs(OptionValues options) throws RefusedException {
        CoherencyMode mode = options.get(MountOptions.COHERENCY);
        return new NetfsConfig(
                mode.coherency(),
                mode.ttl(),
                times(options),
                options.find(MountOptions.EXCLUDE)
                        .map(globs -> List.of(globs.split(":", -1)))
                        .orElse(List.of()),
                number(options, MountOptions.MAX_FILE_SIZE),
                options.get(MountOptions.READAHEAD).intValue(),
                NetfsConfig.DEFAULT.skewBound(),
                new WriteLimit(options.get(MountOptions.WRITE_TIMEOUT), options.get(MountOptions.UNREACHABLE_ERRNO)));
    }

    private static AttributeTimes times(OptionValues options) throws RefusedException {
        refuseAbove(options, MountOptions.ACREGMIN, MountOptions.ACREGMAX);
        refuseAbove(options, MountOptions.ACDIRMIN, MountOptions.ACDIRMAX);
        return new AttributeTimes(
                options.get(MountOptions.ACREGMIN),
                options.get(MountOptions.ACREGMAX),
                options.get(MountOptions.ACDIRMIN),
                options.get(MountOptions.ACDIRMAX),
                options.get(MountOptions.NEGATIVE));
    }

    private static void refuseAbove(OptionValues options, MountOption<Duration> low, MountOption<Duration> high)
            throws RefusedException {
        if (options.get(low).compareTo(options.get(high)) > 0) {
            throw new RefusedException(
                    ExitCode.USAGE,
                    "--" + low.name() + " must not be above --" + high.name() + ", which is "
                            + options.get(high).toSeconds() + "s");
        }
    }

    public static UpstreamConfig upstream(OptionValues options) {
        return new UpstreamConfig(
                options.get(MountOptions.UPSTREAM_TIMEOUT),
                options.get(MountOptions.UNREACHABLE_AFTER),
                options.get(MountOptions.UNREACHABLE_ERRNO),
                options.get(MountOptions.UNREACHABLE),
                UpstreamConfig.Places.DEFAULT);
    }

    public static MountRequest mount(MountPlan plan, NetfsConfig netfs) {
        OptionValues options = plan.options();
        return new MountRequest(
                plan.mountPoint(),
                plan.upstream().toString(),
                "netcachefs",
                kernelOptions(options),
                options.get(MountOptions.MOUNT_TIMEOUT),
                MAX_READ,
                kernelReadahead(netfs),
                netfs.unnotifiedEntryNanos(),
                netfs.unnotifiedAttributesNanos(),
                RECEIVERS);
    }

    private static int kernelReadahead(NetfsConfig netfs) {
        return Math.max(LEAST_KERNEL_READAHEAD, Math.min(KERNEL_READAHEAD, netfs.readahead()));
    }

    private static List<String> kernelOptions(OptionValues options) {
        List<String> all = new ArrayList<>();
        all.add(options.get(MountOptions.READ_ONLY) ? "ro" : "rw");
        for (MountOption<Boolean> flag :
                List.of(MountOptions.NODEV, MountOptions.NOSUID, MountOptions.NOEXEC, MountOptions.NOATIME)) {
            if (options.get(flag)) {
                all.add(flag.name().toLowerCase(Locale.ROOT));
            }
        }
        if (options.get(MountOptions.ALLOW_OTHER)) {
            all.add("allow_other");
        }
        if (options.get(MountOptions.ALLOW_OTHER) || options.get(MountOptions.DEFAULT_PERMISSIONS)) {
            all.add("default_permissions");
        }
        return all;
    }

    private static OptionalLong number(OptionValues options, MountOption<Long> option) {
        return options.find(option).map(OptionalLong::of).orElse(OptionalLong.empty());
    }
}
