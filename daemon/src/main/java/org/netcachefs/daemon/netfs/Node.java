package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.ObjectKey;

/** A file, directory or other object of the volume, by its persistent id. Thread-safe. */
final class Node {
    /** Each costs every open a check. */
    private static final int MOST_NAMES = 4;

    private static final AtomicLongFieldUpdater<Node> LOOKUPS =
            AtomicLongFieldUpdater.newUpdater(Node.class, "lookups");
    private static final AtomicIntegerFieldUpdater<Node> OPENS =
            AtomicIntegerFieldUpdater.newUpdater(Node.class, "opens");
    private static final AtomicIntegerFieldUpdater<Node> READERS =
            AtomicIntegerFieldUpdater.newUpdater(Node.class, "readers");
    private static final AtomicIntegerFieldUpdater<Node> LAPSES =
            AtomicIntegerFieldUpdater.newUpdater(Node.class, "lapses");

    private final long id;
    private final ObjectKey identity;
    private final KernelPages kernelPages = new KernelPages();
    private final HeldAttributes heldAttributes = new HeldAttributes();
    private volatile long lookups;
    private volatile int opens;
    private volatile int readers;
    private volatile int lapses;
    private volatile boolean writtenByUs;
    private volatile @Nullable Place place;
    private volatile @Nullable Look look;
    private volatile List<Place> names = List.of();
    private volatile List<Xattr> xattrs = List.of();

    @GuardedBy("this")
    private @Nullable Cookie cookie;

    /** {@code place} is null for the root only. */
    Node(long id, ObjectKey identity, @Nullable Place place) {
        this.id = id;
        this.identity = identity;
        this.place = place;
    }

    /** Where a node was last seen. */
    record Place(long parent, FileName name) {}

    long id() {
        return id;
    }

    ObjectKey identity() {
        return identity;
    }

    KernelPages kernelPages() {
        return kernelPages;
    }

    /** None at first: what the kernel holds stays in RAM. */
    HeldAttributes heldAttributes() {
        return heldAttributes;
    }

    @Nullable
    Place place() {
        return place;
    }

    /**
     * The names that are believed to lead to it, the last seen first. An open does not tell by which of them it came, so it
     * checks them all.
     */
    List<Place> names() {
        return names;
    }

    /** Upstream showed it there; {@code only}: and it has no other name. Returns the names not believed any more. */
    synchronized List<Place> seenAt(Place seen, boolean only) {
        List<Place> before = names;
        List<Place> others = before.stream()
                .filter(other -> !only && !other.equals(seen))
                .limit(MOST_NAMES - 1)
                .toList();
        List<Place> now = Stream.concat(Stream.of(seen), others.stream()).toList();
        if (!now.equals(before)) {
            place = seen;
            names = now;
        }
        return before.stream().filter(other -> !now.contains(other)).toList();
    }

    /** A name led elsewhere when it was opened: it is looked up again before it is believed. */
    synchronized void doubt(Place name) {
        names = names.stream().filter(other -> !other.equals(name)).toList();
        if (name.equals(place) && !names.isEmpty()) {
            place = names.get(0);
        }
    }

    /** What upstream last said; null if it was not asked since the node came into RAM. */
    @Nullable
    Look look() {
        return look;
    }

    /** The {@link Look#state} upstream last said it is in; 0 if it was not asked since the node came into RAM. */
    long state() {
        Look known = look;
        return known == null ? 0 : known.state();
    }

    @GuardedBy("this")
    void look(Look newer) {
        look = newer;
    }

    /** What upstream last said of one of its extended attributes (null: of their names); null if that is not known. */
    @Nullable
    Xattr xattr(@Nullable FileName name) {
        for (Xattr xattr : xattrs) {
            if (xattr.answers(name)) {
                return xattr;
            }
        }
        return null;
    }

    List<Xattr> xattrs() {
        return xattrs;
    }

    @GuardedBy("this")
    void xattrs(List<Xattr> known) {
        xattrs = known;
    }

    FileType type() {
        Look known = look;
        return known == null ? FileType.UNKNOWN : known.attributes().type();
    }

    /** The cookie all open handles of this node share; null while none has one. */
    @GuardedBy("this")
    @Nullable
    Cookie cookie() {
        return cookie;
    }

    @GuardedBy("this")
    void cookie(@Nullable Cookie shared) {
        cookie = shared;
    }

    /** Whether what is cached was written through us: opens believe it, but a change made elsewhere in the same moment may be hidden behind it. */
    boolean isWrittenByUs() {
        return writtenByUs;
    }

    void writtenByUs(boolean is) {
        writtenByUs = is;
    }

    /** How often it became uncertain what upstream has of its content: what was opened before fails. */
    int lapses() {
        return lapses;
    }

    void lapse() {
        LAPSES.incrementAndGet(this);
    }

    void addLookup() {
        LOOKUPS.incrementAndGet(this);
    }

    void dropLookups(long count) {
        LOOKUPS.updateAndGet(this, present -> Math.max(0, present - count));
    }

    void addOpen() {
        OPENS.incrementAndGet(this);
    }

    /** As {@link #addOpen}, by who may read what it holds. */
    void addReader() {
        READERS.incrementAndGet(this);
        addOpen();
    }

    /** How many handles are left. */
    int dropOpen() {
        return OPENS.decrementAndGet(this);
    }

    /** As {@link #dropOpen}, of who may read. */
    int dropReader() {
        READERS.decrementAndGet(this);
        return dropOpen();
    }

    boolean isRead() {
        return readers > 0;
    }

    int opens() {
        return opens;
    }

    /** And so stays in RAM. */
    boolean isKnownToKernel() {
        return lookups > 0 || place == null;
    }

    /** Whether somebody refers to it by id. */
    boolean isReferred() {
        return opens > 0 || lookups > 0;
    }

    @Override
    public String toString() {
        return "node " + id;
    }
}
