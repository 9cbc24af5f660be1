package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamTree.DirectoryItem;
import org.netcachefs.store.CoherencyData;

/** The last listings of directories, up to so many items in all, least recently used forgotten first. Thread-safe. */
final class Listings {
    static final int DEFAULT_ITEMS = 200_000;

    private final int most;

    @GuardedBy("this")
    private final LinkedHashMap<Long, Listing> listings = new LinkedHashMap<>(16, 0.75f, true);

    @GuardedBy("this")
    private long items;

    Listings(int most) {
        this.most = most;
    }

    private record Listing(CoherencyData coherency, boolean settled, List<DirectoryItem> items) {
        /** An empty directory takes place too. */
        long weight() {
            return items.size() + 1L;
        }
    }

    /** The listing of a directory that still has this coherency data; null when there is none that can be trusted. */
    synchronized @Nullable List<DirectoryItem> of(long node, CoherencyData coherency) {
        Listing listing = listings.get(node);
        return listing != null && listing.settled && listing.coherency.equals(coherency) ? listing.items : null;
    }

    /** The last listing, whatever became of the directory. */
    synchronized @Nullable List<DirectoryItem> last(long node) {
        Listing listing = listings.get(node);
        return listing == null ? null : listing.items;
    }

    synchronized void put(long node, CoherencyData coherency, boolean settled, List<DirectoryItem> listed) {
        Listing listing = new Listing(coherency, settled, listed);
        Listing before = listings.put(node, listing);
        items += listing.weight() - (before == null ? 0 : before.weight());
        Iterator<Listing> eldest = listings.values().iterator();
        while (items > most && eldest.hasNext()) {
            items -= eldest.next().weight();
            eldest.remove();
        }
    }
}
