package org.netcachefs.daemon.netfs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Reply;

/** What upstream answered to a question for an extended attribute of a node: its value, or the errno that says there is none. Immutable. */
final class Xattr {
    /** The rights a program gives whoever runs it; the kernel asks for it before each write, to take them away. */
    static final FileName CAPABILITY = FileName.of("security.capability");

    /** So many of a node are remembered. */
    static final int MOST = 4;

    /** None longer than so many bytes is remembered. */
    static final int LONGEST = 128;

    private static final byte[] NOTHING = {};

    private final @Nullable FileName name;
    private final byte[] value;
    private final @Nullable Errno absence;

    private Xattr(@Nullable FileName name, byte[] value, @Nullable Errno absence) {
        this.name = name;
        this.value = value;
        this.absence = absence;
    }

    /** {@code name} is null for the question which ones there are. */
    static Xattr of(@Nullable FileName name, byte[] value) {
        return new Xattr(name, value.length == 0 ? NOTHING : value.clone(), null);
    }

    static Xattr absent(@Nullable FileName name, Errno errno) {
        return new Xattr(name, NOTHING, errno);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Xattr xattr
                && xattr.answers(name)
                && Arrays.equals(value, xattr.value)
                && absence == xattr.absence;
    }

    @Override
    public int hashCode() {
        return (name == null ? 0 : name.hashCode()) + 31 * Arrays.hashCode(value);
    }

    boolean answers(@Nullable FileName question) {
        return Objects.equals(question, name);
    }

    void give(Reply<byte[]> reply) {
        if (absence == null) {
            reply.ok(value.clone());
        } else {
            reply.error(absence);
        }
    }

    /** {@code known} and this, the oldest left out if there are too many. */
    List<Xattr> addedTo(List<Xattr> known) {
        List<Xattr> all = new ArrayList<>(known.size() + 1);
        for (Xattr other : known) {
            if (!other.answers(name)) {
                all.add(other);
            }
        }
        all.add(this);
        return List.copyOf(all.size() > MOST ? all.subList(1, all.size()) : all);
    }
}
