package org.netcachefs.daemon.upstream.internal;

import java.util.Set;
import org.netcachefs.fuse.MountEntry;

/**
 * How objects of one mount are told apart and checked. {@code type} is "" where unknown, {@code discriminator} 0 for the mount of upstream's root,
 * {@code persistentHandles} that file handles stay the same across remounts, {@code checks} that a forced status asks upstream.
 */
record Traits(String type, long discriminator, boolean persistentHandles, boolean checks) {
    /** Nobody else can change names on these. */
    private static final Set<String> LOCAL = Set.of(
            "ext2",
            "ext3",
            "ext4",
            "xfs",
            "btrfs",
            "tmpfs",
            "ramfs",
            "f2fs",
            "squashfs",
            "erofs",
            "iso9660",
            "zfs",
            "vfat",
            "exfat");

    private static final Set<String> NFS = Set.of("nfs", "nfs4");
    private static final Set<String> AUTOMOUNTING = Set.of("nfs", "nfs4", "cifs", "smb3", "autofs", "afs");

    static Traits of(MountEntry mount, long discriminator) {
        String type = mount.type();
        boolean handles = !isFuse(type) && !type.equals("9p") && !type.equals("virtiofs");
        return new Traits(type, discriminator, handles, checks(type, mount.superOptions()));
    }

    private static boolean isFuse(String type) {
        return type.equals("fuse") || type.startsWith("fuse.") || type.equals("fuseblk");
    }

    /** Whether attributes are known after a change of them: the reply has them. SMB's client only marks its own as old, or changes them itself. */
    boolean isFreshAfterChange() {
        return LOCAL.contains(type) || NFS.contains(type) || isFuse(type);
    }

    /** Whether names may be older here than upstream's. */
    boolean cachesNames() {
        return !LOCAL.contains(type);
    }

    /** Whether directories may be the door to mounts made on demand. */
    boolean automounts() {
        return AUTOMOUNTING.contains(type) || type.isEmpty();
    }

    /** The birth time comes and goes with NFS's attribute cache, so it is no part of an identity there. */
    boolean birthTimes() {
        return !NFS.contains(type);
    }

    /** 9p's client never asks again what it holds under cache=loose and cache=fscache. */
    private static boolean checks(String type, String superOptions) {
        if (!type.equals("9p")) {
            return true;
        }
        for (String option : superOptions.split(",", -1)) {
            String mode = option.startsWith("cache=") ? option.substring("cache=".length()) : option;
            if (mode.equals("loose")
                    || mode.equals("fscache")
                    || (option.startsWith("cache=") && keepsMetadata(mode))) {
                return false;
            }
        }
        return true;
    }

    /** Kernels since 6.4 show the mode as hexadecimal bits, 2 and 8 of which keep metadata. */
    private static boolean keepsMetadata(String bits) {
        String digits = bits.startsWith("0x") ? bits.substring(2) : bits;
        return digits.matches("[0-9a-f]{1,7}") && (Integer.parseInt(digits, 16) & (2 | 8)) != 0;
    }
}
