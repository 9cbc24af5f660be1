package org.netcachefs.daemon.upstream.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.netcachefs.fuse.MountEntry;
import org.netcachefs.fuse.MountTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What identities need to know of the mount an object lies on: looked up in mountinfo once per mount. Thread-safe. */
final class KnownMounts {
    private static final int MOST = 4096;

    private final Map<Key, Traits> known = new ConcurrentHashMap<>();
    private final long ownMount;
    private final Traits own;
    private volatile boolean anyCachesNames;
    private volatile boolean anyAutomounts;
    private volatile boolean allFreshAfterChange;

    /** {@code ownMount} is the id of the mount upstream's root lies on. */
    KnownMounts(long ownMount) {
        this.ownMount = ownMount;
        this.own = traits(find(ownMount), 0);
        this.anyCachesNames = own.cachesNames();
        this.anyAutomounts = own.automounts();
        this.allFreshAfterChange = own.isFreshAfterChange();
    }

    /** The traits of the mount with this id whose objects show this device (ids are given again after an unmount). */
    Traits of(long mountId, long device) {
        if (mountId == ownMount) {
            return own;
        }
        Key key = new Key(mountId, device);
        Traits traits = known.get(key);
        return traits != null ? traits : learn(key);
    }

    private Traits learn(Key key) {
        if (known.size() >= MOST) {
            known.clear();
        }
        Optional<MountEntry> entry = find(key.mountId);
        Traits traits = traits(entry, entry.map(KnownMounts::discriminator).orElse(key.mountId | Long.MIN_VALUE));
        see(traits);
        if (entry.isPresent() && known.put(key, traits) == null && !traits.checks()) {
            Log.OUT.warn(
                    "{} below upstream is mounted so that its client does not see changes: what is cached of it may be stale",
                    entry.get().mountPoint());
        }
        return traits;
    }

    /** The traits of the mount upstream's root lies on. */
    Traits own() {
        return own;
    }

    /** Whether directories have been seen whose names upstream's own client keeps. */
    boolean anyCachesNames() {
        return anyCachesNames;
    }

    /** Whether mounts have been seen on which others are mounted on demand. */
    boolean anyAutomounts() {
        return anyAutomounts;
    }

    /** Whether no mounts have been seen whose client may not know attributes after a change of them. */
    boolean allFreshAfterChange() {
        return allFreshAfterChange;
    }

    /** Changes each in one direction only, so that no lock is needed. */
    private void see(Traits traits) {
        if (traits.cachesNames()) {
            anyCachesNames = true;
        }
        if (traits.automounts()) {
            anyAutomounts = true;
        }
        if (!traits.isFreshAfterChange()) {
            allFreshAfterChange = false;
        }
    }

    private static Optional<MountEntry> find(long mountId) {
        try {
            return byId(mountId);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The mount with this id (STATX_MNT_ID). */
    static Optional<MountEntry> byId(long mountId) throws IOException {
        return MountTable.read().entries().stream()
                .filter(entry -> entry.id() == mountId)
                .findFirst();
    }

    private static Traits traits(Optional<MountEntry> entry, long discriminator) {
        return entry.map(mount -> Traits.of(mount, discriminator)).orElse(new Traits("", discriminator, false, true));
    }

    /** The same number for the same mount after a reboot, which anonymous device numbers are not; never 0. */
    private static long discriminator(MountEntry mount) {
        String text = mount.type() + '\0' + mount.source() + '\0' + mount.root();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong() | 1;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Key(long mountId, long device) {}

    /** Made when first needed: this class is used before the place of the log is chosen. */
    private static final class Log {
        static final Logger OUT = LoggerFactory.getLogger(KnownMounts.class);

        private Log() {}
    }
}
