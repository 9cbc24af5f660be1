package org.netcachefs.daemon.upstream.internal;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.store.ObjectKey;

/**
 * Makes the key by which an object of upstream is known: its file handle where the file system gives persistent ones, else inode number and birth time; with the
 * mount's discriminator for mounts below upstream. The first byte tells the form, so that forms never meet. Thread-safe.
 */
final class Identities {
    private static final byte HANDLE = 1;
    private static final byte INODE = 2;
    private static final byte ON_OTHER_MOUNT = 0x10;

    /** Not supported; handles too long; not allowed; kept from us by a container. */
    private static final Set<Errno> WITHOUT_HANDLES =
            EnumSet.of(Errno.EOPNOTSUPP, Errno.EOVERFLOW, Errno.EPERM, Errno.ENOSYS);

    private Identities() {}

    /** The key of the object whose status is in {@code scratch}. */
    static ObjectKey of(Scratch scratch, int descriptor, Traits mount) throws ErrnoException {
        int handle = mount.persistentHandles() ? handleBytes(scratch, descriptor) : -1;
        return ObjectKey.of(handle >= 0 ? byHandle(scratch, handle, mount) : byInode(scratch, mount));
    }

    /** How many bytes of handle were put into {@code scratch}; -1 if the file system gives none. */
    private static int handleBytes(Scratch scratch, int descriptor) throws ErrnoException {
        scratch.memory().putInt(Scratch.HANDLE, Scratch.HANDLE_BYTES);
        int result;
        do {
            result = Libc.C.name_to_handle_at(
                    descriptor,
                    scratch.empty(),
                    scratch.at(Scratch.HANDLE),
                    scratch.at(Scratch.MOUNT_ID),
                    Libc.AT_EMPTY_PATH);
        } while (result < 0 && Libc.interrupted());
        if (result < 0 && !WITHOUT_HANDLES.contains(Libc.lastErrno())) {
            throw Libc.failure("name_to_handle_at"); // another key, just for this once, would make it another object
        }
        return result < 0 ? -1 : scratch.memory().getInt(Scratch.HANDLE);
    }

    /** The handle's type and bytes, which follow its length in struct file_handle. */
    private static byte[] byHandle(Scratch scratch, int handleBytes, Traits mount) {
        int start = start(mount);
        byte[] key = new byte[start + 4 + handleBytes];
        scratch.memory().get(Scratch.HANDLE + 4, key, start, 4 + handleBytes);
        return head(key, HANDLE, mount);
    }

    private static byte[] byInode(Scratch scratch, Traits mount) {
        boolean born = mount.birthTimes() && Status.hasBirthTime(scratch);
        int start = start(mount);
        byte[] key = new byte[start + 20];
        ByteBuffer.wrap(key)
                .putLong(start, Status.inode(scratch))
                .putLong(start + 8, born ? Status.birthSeconds(scratch) : 0)
                .putInt(start + 16, born ? Status.birthNanos(scratch) : 0);
        return head(key, INODE, mount);
    }

    private static int start(Traits mount) {
        return mount.discriminator() == 0 ? 1 : 9;
    }

    private static byte[] head(byte[] key, byte form, Traits mount) {
        if (mount.discriminator() == 0) {
            key[0] = form;
        } else {
            ByteBuffer.wrap(key).put((byte) (form | ON_OTHER_MOUNT)).putLong(mount.discriminator());
        }
        return key;
    }
}
