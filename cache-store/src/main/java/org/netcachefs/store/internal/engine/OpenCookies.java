package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The cookies that are open, by node and by cookie id. Those that nobody uses any more stay open, with their maps, for who opens the file again: the
 * latest of them (as the kernel's cache does: fs/netfs/fscache_cookie.c, {@code fscache_cookie_lru}). Thread-safe.
 */
final class OpenCookies {
    /** One takes less than a KiB of heap, with the map of a small file. */
    static final int MOST_UNUSED = 4096;

    private final ConcurrentHashMap<Long, OpenCookie> byNode = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, CookieState> byId = new ConcurrentHashMap<>();

    /** The one unused for the longest first. */
    @GuardedBy("this")
    private final Set<OpenCookie> unused = new LinkedHashSet<>();

    @Nullable
    OpenCookie ofNode(long node) {
        return byNode.get(node);
    }

    /** The cookie of a node, if somebody uses it; one that nobody uses is closed. */
    @Nullable
    OpenCookie usedOf(long node) {
        OpenCookie cookie = byNode.get(node);
        return cookie == null || cookie.closeIfUnused() ? null : cookie;
    }

    @Nullable
    CookieState ofId(long id) {
        return byId.get(id);
    }

    void opened(long node, OpenCookie cookie) {
        byId.put(cookie.state().id(), cookie.state());
        byNode.put(node, cookie);
    }

    /** To be called before the state takes the new id. */
    void renewing(CookieState state, long id) {
        byId.put(id, state);
    }

    void renewed(long oldId) {
        byId.remove(oldId);
    }

    /** Nobody uses it any more. Returns the one to be closed for it, if there are enough. */
    synchronized @Nullable OpenCookie unused(OpenCookie cookie) {
        unused.add(cookie);
        if (unused.size() <= MOST_UNUSED) {
            return null;
        }
        Iterator<OpenCookie> all = unused.iterator();
        OpenCookie first = all.next();
        all.remove();
        return first;
    }

    /** It is used, or about to be closed. */
    synchronized void notUnused(OpenCookie cookie) {
        unused.remove(cookie);
    }

    void closed(long node, OpenCookie cookie) {
        byNode.remove(node, cookie);
        byId.remove(cookie.state().id(), cookie.state());
    }

    /** Those unused as well. */
    Collection<OpenCookie> all() {
        return byNode.values();
    }

    /** How many somebody uses. */
    synchronized int used() {
        return byNode.size() - unused.size();
    }
}
