package org.netcachefs.store.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Extent;
import org.netcachefs.store.contract.CacheProbe;

/**
 * One file as the daemon and the kernel see it: the cookie while it is open, and the kernel's pages, which outlive a close
 * if the version says that nothing changed.
 */
final class Reader {
    final UpstreamFile upstream;
    final String object;
    final long node;
    private final CacheProbe probe;
    private final Map<Long, byte[]> pages = new TreeMap<>();
    private long pagesVersion;
    private Cookie cookie;
    private int opens;

    /** The content of the last check: what is read must be it or newer. */
    private int oldest;

    Reader(CacheProbe probe, UpstreamFile upstream, String object, long node) {
        this.probe = probe;
        this.upstream = upstream;
        this.object = object;
        this.node = node;
    }

    boolean isOpen() {
        return opens > 0;
    }

    Cookie cookie() {
        return cookie;
    }

    int oldest() {
        return isOpen() || !pages.isEmpty() ? oldest : upstream.newest();
    }

    void open() throws Exception {
        cookie = probe.volume().acquire(node, upstream.coherency());
        if (opens++ > 0) {
            cookie.dropUnsettled();
        }
        checked();
    }

    /** What the cache has is that of upstream's present attributes; other pages than of this version are dropped. */
    private void checked() {
        oldest = upstream.newest();
        upstream.forgetBefore(oldest);
        if (pagesVersion != cookie.version()) {
            pages.clear();
        }
        pages.forEach((start, page) -> verify(ByteRange.between(start, start + page.length), page, "page"));
    }

    void close(boolean retire) throws Exception {
        opens--;
        if (retire) {
            cookie.retire();
        } else {
            cookie.relinquish();
        }
        cookie = opens == 0 ? null : cookie;
    }

    /** The daemon ended: so did the mount and its pages. */
    void forget() {
        opens = 0;
        cookie = null;
        pages.clear();
    }

    /** Reads as the kernel does: the sectors it has no page of; returns how many bytes came from the cache. */
    long read(ByteRange wanted) {
        long hits = 0;
        long version = cookie.version();
        for (ByteRange rest = wanted; !rest.isEmpty(); ) {
            Extent extent = cookie.nextExtent(rest);
            assertThat(extent.range().start()).isEqualTo(rest.start());
            assertThat(extent.range().length()).isBetween(1L, rest.length());
            byte[] bytes = probe.read(cookie, extent.range());
            if (extent.cached()) {
                assertThat(bytes).as("a cached extent can be read").isNotNull();
            }
            if (bytes != null) {
                verify(extent.range(), bytes, "cached bytes");
                keep(extent.range(), bytes, version);
                hits += bytes.length;
            }
            rest = rest.from(extent.range().end());
        }
        return hits;
    }

    /** Bytes given to the kernel, that were read under this version or a later one. */
    void keep(ByteRange range, byte[] bytes, long version) {
        long sector = probe.sector();
        for (long start = range.start(); start < range.end(); start += sector) {
            long end = Math.min(start + sector, range.end());
            int from = (int) (start - range.start());
            pagesVersion = pages.isEmpty() ? version : Math.min(pagesVersion, version);
            pages.put(start, Arrays.copyOfRange(bytes, from, from + (int) (end - start)));
        }
    }

    void dropPages() {
        pages.clear();
    }

    /** We changed the file through the mount, and nobody else did since the last check. */
    void wrote() {
        pages.clear();
        oldest = upstream.newest();
        upstream.forgetBefore(oldest);
    }

    private void verify(ByteRange range, byte[] bytes, String what) {
        long sector = probe.sector();
        for (long start = range.start(); start < range.end(); ) {
            long end = Math.min(start - start % sector + sector, range.end());
            ByteRange part = ByteRange.between(start, end);
            assertThat(upstream.hasHeld(part, bytes, (int) (start - range.start()), oldest))
                    .as("%s %s of %s are of contents %d to %d", what, part, object, oldest, upstream.newest())
                    .isTrue();
            start = end;
        }
    }
}
