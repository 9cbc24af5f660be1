package org.netcachefs.daemon.upstream.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import jnr.ffi.Pointer;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

/**
 * File system user and group, supplementary groups and effective capabilities of the calling thread, by system calls that concern that thread alone: glibc's own
 * setgroups would change every thread. Thread-safe; none of it touches the errno saved last.
 */
final class Credentials {
    private static final long NOBODY = -1;
    private static final int CAPABILITY_VERSION = 0x20080522;
    private static final int CAPABILITY_WORDS = 6;
    private static final int EFFECTIVE_LOW = 0;
    private static final int EFFECTIVE_HIGH = 12;
    private static final int CAP_FSETID = 4;
    private static final int CAP_SETGID = 6;
    private static final int CAP_SETUID = 7;
    private static final int ROOM = 4 << 10;

    private final ScratchPool lists = new ScratchPool(ROOM);
    private final long uid = user(NOBODY);
    private final long gid = group(NOBODY);
    private final List<Integer> groups;
    private final Pointer header = Libc.allocate(8);
    private final Pointer capable = Libc.allocate(4 * CAPABILITY_WORDS);
    private final Pointer bare;
    private final Pointer losingSetIds;

    /** Those of the calling thread are the daemon's own. */
    Credentials() throws ErrnoException {
        groups = ownGroups();
        header.putInt(0, CAPABILITY_VERSION);
        if (Libc.C.capget(header.address(), capable.address()) < 0) {
            throw Libc.failure("capget");
        }
        bare = effective(0, 0);
        losingSetIds = effective(~(1 << CAP_FSETID), ~0);
    }

    /** The daemon's own capabilities, but of the effective ones only these: bits 0 to 31, and from 32 on. */
    private Pointer effective(int low, int high) {
        Pointer made = Libc.allocate(4 * CAPABILITY_WORDS);
        for (int word = 0; word < CAPABILITY_WORDS; word++) {
            made.putInt(4L * word, capable.getInt(4L * word));
        }
        made.putInt(EFFECTIVE_LOW, capable.getInt(EFFECTIVE_LOW) & low);
        made.putInt(EFFECTIVE_HIGH, capable.getInt(EFFECTIVE_HIGH) & high);
        return made;
    }

    /** The capabilities to act for others that the calling thread does not have, by name. */
    static List<String> missing() throws ErrnoException {
        Credentials own = new Credentials();
        int effective = own.capable.getInt(0);
        List<String> missing = new ArrayList<>();
        if ((effective & 1 << CAP_SETGID) == 0
                || !own.setGroups(own.groups)) { // a user namespace may refuse it all the same
            missing.add("CAP_SETGID");
        }
        if ((effective & 1 << CAP_SETUID) == 0) {
            missing.add("CAP_SETUID");
        }
        return missing;
    }

    private static List<Integer> ownGroups() throws ErrnoException {
        int count = Libc.C.getgroups(0, 0);
        Pointer list = Libc.allocate(4 * Math.max(1, count));
        int got = count > 0 ? Libc.C.getgroups(count, list.address()) : count;
        if (got < 0) {
            throw Libc.failure("getgroups");
        }
        return IntStream.range(0, got).mapToObj(i -> list.getInt(4L * i)).toList();
    }

    /** Makes them those of {@code who}. Fails half done; {@link #takeBack} undoes that too. */
    void give(Identity who) throws ErrnoException {
        boolean given = setGroups(groups, who.groups())
                && group(who.gid()) == who.gid()
                && user(who.uid()) == who.uid()
                && (who.keepsSetIds() || limit(who.uid() == 0 ? losingSetIds : bare));
        if (!given) {
            throw new ErrnoException(Errno.EPERM, "acting for user " + who.uid());
        }
    }

    /** Makes them the daemon's own again; false if that failed. */
    boolean takeBack(Identity who) {
        try {
            return limit(capable) && user(uid) == uid && group(gid) == gid && setGroups(who.groups(), groups);
        } catch (ErrnoException e) {
            return false;
        }
    }

    private boolean limit(Pointer capabilities) {
        return Libc.C.capset(header.address(), capabilities.address()) == 0;
    }

    private boolean setGroups(List<Integer> before, List<Integer> after) throws ErrnoException {
        return after.equals(before) || setGroups(after);
    }

    private boolean setGroups(List<Integer> after) throws ErrnoException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * after.size()).order(ByteOrder.nativeOrder());
        after.forEach(bytes::putInt);
        boolean many = bytes.capacity() > ROOM;
        Scratch scratch = many ? new Scratch(bytes.capacity()) : lists.take();
        try {
            return Libc.C.syscall(Libc.SYS_SETGROUPS, after.size(), scratch.toRoom(bytes.array())) == 0;
        } finally {
            if (!many) {
                lists.give(scratch);
            }
        }
    }

    /** The one it is now: the call itself tells of no failure. */
    private static int user(long wanted) {
        Libc.C.syscall(Libc.SYS_SETFSUID, wanted, 0);
        return (int) Libc.C.syscall(Libc.SYS_SETFSUID, NOBODY, 0);
    }

    private static int group(long wanted) {
        Libc.C.syscall(Libc.SYS_SETFSGID, wanted, 0);
        return (int) Libc.C.syscall(Libc.SYS_SETFSGID, NOBODY, 0);
    }
}
