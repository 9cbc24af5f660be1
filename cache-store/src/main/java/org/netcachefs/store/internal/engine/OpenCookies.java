package org.netcachefs.store.internal.engine;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The cookies that are open, by node and by cookie id. Thread-safe. */
final class OpenCookies {
    private final ConcurrentHashMap<Long, OpenCookie> byNode = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, CookieState> byId = new ConcurrentHashMap<>();

    @Nullable
    OpenCookie ofNode(long node) {
        return byNode.get(node);
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

    void closed(long node, OpenCookie cookie) {
        byNode.remove(node, cookie);
        byId.remove(cookie.state().id(), cookie.state());
    }

    Collection<OpenCookie> all() {
        return byNode.values();
    }

    int size() {
        return byNode.size();
    }
}
