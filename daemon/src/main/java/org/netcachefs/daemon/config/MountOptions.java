package org.netcachefs.daemon.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.netcachefs.daemon.upstream.UnreachablePolicy;
import org.netcachefs.fuse.Errno;
import org.netcachefs.store.Watermarks;

/** The table of options: command line, {@code -o}, configuration file and documentation are all made from it. */
public final class MountOptions {
    private static final long MAX_SIZE = 1L << 50;

    public static final MountOption<Long> SIZE = new MountOption<>(
            "size",
            OptionType.size(1, MAX_SIZE),
            "",
            "How much disk the whole cache may take. Needed when the cache is made; another value later resizes it.");
    public static final MountOption<Path> CACHE = new MountOption<>(
            "cache",
            OptionType.path(),
            "",
            "The cache directory. Default: `/var/cache/netcachefs/VOLUME` as root, otherwise"
                    + " `${XDG_CACHE_HOME:-~/.cache}/netcachefs/VOLUME`.");
    public static final MountOption<Path> DATA = new MountOption<>(
            "data",
            OptionType.path(),
            "",
            "A file or block device for the cached data instead of the file `data` in the cache directory.");
    public static final MountOption<Boolean> PREALLOCATE = new MountOption<>(
            "preallocate",
            OptionType.yesNo(),
            "yes",
            "Whether the data file's space is taken from the disk when the cache is made.");
    public static final MountOption<Long> INDEX_SIZE = new MountOption<>(
            "index-size",
            OptionType.size(8 << 20, MAX_SIZE),
            "",
            "How much of the size the index may take. Default: 2 % of the size, at least 64M.");
    public static final MountOption<Long> BLOCK_SIZE = new MountOption<>(
            "block-size",
            blockSize(),
            "",
            "The unit of the cache, 256K if not given: 256K, 512K, 1M or 2M. Fixed when the cache is made.");
    public static final MountOption<Boolean> RECREATE = new MountOption<>(
            "recreate",
            OptionType.flag(),
            "no",
            "Drops a cache that is damaged or of another format and makes a new one, of the same size if none is given and that can"
                    + " be read.");
    public static final MountOption<Boolean> REQUIRE_CACHE = new MountOption<>(
            "require-cache",
            OptionType.flag(),
            "no",
            "Refuses to mount when the cache cannot be used, instead of mounting without a cache.");
    public static final MountOption<Boolean> FORCE = new MountOption<>(
            "force", OptionType.flag(), "no", "Allows a cache on upstream's own or on a network file system.");
    public static final MountOption<Watermarks> CULL = new MountOption<>(
            "cull",
            OptionType.watermarks(),
            "10:7:3",
            "In percent free: culling starts below CULL and ends above RUN; below STOP no slot is given out.");

    public static final MountOption<CoherencyMode> COHERENCY = new MountOption<>(
            "coherency",
            CoherencyMode.type(),
            "close-to-open",
            "When cached content is compared with upstream: at each open; at an open when TIME has passed since; once; or"
                    + " at each open and read.");
    public static final MountOption<Boolean> ACCEPT_STALE = new MountOption<>(
            "accept-stale",
            OptionType.flag(),
            "no",
            "Mounts also when upstream's own client does not ask again what it holds (9p with cache=loose), so that changes"
                    + " made elsewhere may stay unseen.");
    public static final MountOption<Duration> ACREGMIN = new MountOption<>(
            "acregmin", OptionType.duration(), "3s", "Least time a file's attributes are believed, as in mount.nfs.");
    public static final MountOption<Duration> ACREGMAX = new MountOption<>(
            "acregmax",
            OptionType.duration(),
            "60s",
            "Longest time a file's attributes are believed while they do not change.");
    public static final MountOption<Duration> ACDIRMIN =
            new MountOption<>("acdirmin", OptionType.duration(), "30s", "As acregmin, for directories.");
    public static final MountOption<Duration> ACDIRMAX =
            new MountOption<>("acdirmax", OptionType.duration(), "60s", "As acregmax, for directories.");
    public static final MountOption<Duration> NEGATIVE = new MountOption<>(
            "negative", OptionType.duration(), "30s", "How long a name that was not there is believed to be absent.");
    public static final MountOption<String> EXCLUDE = new MountOption<>(
            "exclude",
            OptionType.text("GLOB"),
            "",
            "Files whose path matches are read through, never cached. Several globs are separated by `:`.");
    public static final MountOption<Long> MAX_FILE_SIZE = new MountOption<>(
            "max-file-size", OptionType.size(0, Long.MAX_VALUE), "", "Longer files are read through, never cached.");
    public static final MountOption<Long> READAHEAD = new MountOption<>(
            "readahead",
            OptionType.size(0, 256 << 20),
            "4M",
            "The most wanted in flight from upstream ahead of a sequential reader. As root the kernel reads ahead as much too, up to 512K.");

    public static final MountOption<Duration> UPSTREAM_TIMEOUT = new MountOption<>(
            "upstream-timeout",
            OptionType.positiveDuration(),
            "5s",
            "How long nothing may come from upstream before it counts as hung; what is cached is then answered unchecked.");
    public static final MountOption<UnreachablePolicy> UNREACHABLE = new MountOption<>(
            "unreachable",
            OptionType.choice(UnreachablePolicy.class),
            "error",
            "What becomes of uncached reads and lookups while upstream hangs: they fail, wait without limit, or (`stale`)"
                    + " show attributes and names that were believed before.");
    public static final MountOption<Duration> UNREACHABLE_AFTER = new MountOption<>(
            "unreachable-after",
            OptionType.duration(),
            "30s",
            "How long after upstream's last answer uncached reads and lookups fail.");
    public static final MountOption<Errno> UNREACHABLE_ERRNO = new MountOption<>(
            "unreachable-errno", errno(), "EIO", "What they, and writes after write-timeout, fail with.");
    public static final MountOption<Duration> WRITE_TIMEOUT = new MountOption<>(
            "write-timeout",
            OptionType.duration(),
            "0",
            "How long a program waits for a change of a file's data (write, truncate, fallocate, fsync, close) that upstream does not"
                    + " answer; 0: as long as it takes. What was sent may still reach upstream: what changes the file drops it from the cache,"
                    + " and what has it open (after fsync: the handle it came through) fails with EIO until it opens it anew.");

    public static final MountOption<String> TRANSPORT = new MountOption<>(
            "transport",
            OptionType.choice("kernel", "libfuse"),
            "kernel",
            "How the daemon speaks with the kernel: its own protocol on /dev/fuse (Linux 5.4 or newer), or through libfuse 2.");
    public static final MountOption<Duration> MOUNT_TIMEOUT = new MountOption<>(
            "mount-timeout", OptionType.duration(), "30s", "How long to wait until the mount answers.");
    public static final MountOption<Boolean> READ_ONLY = new MountOption<>(
            "ro", OptionType.flag(), "no", "Read-only, as in mount(8): what would change upstream answers EROFS.");
    public static final MountOption<Boolean> NODEV = new MountOption<>(
            "nodev",
            always("device files never work in a mount"),
            "yes",
            "Device files do not work, as in mount(8). Always so.");
    public static final MountOption<Boolean> NOSUID = new MountOption<>(
            "nosuid",
            always("set-user-ID bits never work in a mount"),
            "yes",
            "Set-user-ID bits do not work, as in mount(8). Always so.");
    public static final MountOption<Boolean> NOEXEC =
            new MountOption<>("noexec", OptionType.flag(), "no", "Programs cannot be run, as in mount(8).");
    public static final MountOption<Boolean> NOATIME = new MountOption<>(
            "noatime",
            OptionType.flag(),
            "no",
            "As in mount(8). Reading through the mount moves no access times upstream anyway, but of files of others where the mount is not root's.");

    public static final MountOption<Boolean> ALLOW_OTHER = new MountOption<>(
            "allow-other",
            OptionType.flag(),
            "no",
            "Lets all users use the mount, each with his own rights upstream, instead of only the one who mounts. For root only.");
    public static final MountOption<Boolean> DEFAULT_PERMISSIONS = new MountOption<>(
            "default-permissions",
            OptionType.flag(),
            "no",
            "The kernel checks modes and owners before it asks the daemon. Always so with allow-other.");

    public static final MountOption<LogLevel> LOG_LEVEL = new MountOption<>(
            "log-level",
            OptionType.choice(LogLevel.class),
            "info",
            "How much is logged; `netcachefs log` changes it later.");

    /** In the order of the documentation. */
    public static final List<MountOption<?>> ALL = List.of(
            SIZE,
            CACHE,
            DATA,
            PREALLOCATE,
            INDEX_SIZE,
            BLOCK_SIZE,
            CULL,
            RECREATE,
            REQUIRE_CACHE,
            FORCE,
            COHERENCY,
            ACCEPT_STALE,
            ACREGMIN,
            ACREGMAX,
            ACDIRMIN,
            ACDIRMAX,
            NEGATIVE,
            EXCLUDE,
            MAX_FILE_SIZE,
            READAHEAD,
            UPSTREAM_TIMEOUT,
            UNREACHABLE,
            UNREACHABLE_AFTER,
            UNREACHABLE_ERRNO,
            WRITE_TIMEOUT,
            TRANSPORT,
            MOUNT_TIMEOUT,
            READ_ONLY,
            NODEV,
            NOSUID,
            NOEXEC,
            NOATIME,
            ALLOW_OTHER,
            DEFAULT_PERMISSIONS,
            LOG_LEVEL);

    private MountOptions() {}

    /** The option of this name; {@code allow_other} is {@code allow-other}. */
    public static Optional<MountOption<?>> find(String name) {
        String wanted = name.replace('_', '-');
        return ALL.stream().filter(option -> option.name().equals(wanted)).findFirst();
    }

    /** The line for a name that is no option. */
    public static String unknown(String name) {
        return "unknown option '" + name + "'; 'netcachefs mount --help' lists them";
    }

    /** A flag that cannot be taken away. */
    private static OptionType<Boolean> always(String why) {
        OptionType<Boolean> flag = OptionType.flag();
        return new OptionType<>(flag.label(), flag.choices(), text -> {
            if (!flag.parser().parse(text)) {
                throw new IllegalArgumentException("must be yes: " + why);
            }
            return true;
        });
    }

    private static OptionType<Errno> errno() {
        OptionType<String> names = OptionType.choice("EIO", "ETIMEDOUT");
        return new OptionType<>(
                names.label(),
                names.choices(),
                text -> Errno.valueOf(names.parser().parse(text)));
    }

    private static OptionType<Long> blockSize() {
        OptionType<Long> size = OptionType.size(256 << 10, 2 << 20);
        return new OptionType<>("256K|512K|1M|2M", List.of("256K", "512K", "1M", "2M"), text -> {
            long bytes = size.parser().parse(text);
            if (Long.bitCount(bytes) != 1) {
                throw new IllegalArgumentException("must be 256K, 512K, 1M or 2M");
            }
            return bytes;
        });
    }
}
