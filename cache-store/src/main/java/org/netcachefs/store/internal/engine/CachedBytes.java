package org.netcachefs.store.internal.engine;

import org.jspecify.annotations.Nullable;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.index.BlockRow;
import org.netcachefs.store.internal.index.CookieRow;

/** Counts what is published of a cookie. */
final class CachedBytes {
    private CachedBytes() {}

    static long of(Engine engine, CookieRow cookie, @Nullable OpenCookie open) throws CacheException {
        BlockGeometry geometry = engine.disk.geometry();
        long end = Math.min(cookie.coherency().size(), cookie.validEnd());
        long[] bytes = new long[1];
        engine.index.blocks(cookie.id(), 0, (id, block, row) -> {
            if (id == cookie.id()) {
                BlockRow visible = open == null ? engine.records.visible(row, 0) : open.visible(block, row);
                bytes[0] += bytes(geometry, block, visible.present(), end);
            }
            return id == cookie.id();
        });
        return bytes[0];
    }

    private static long bytes(BlockGeometry geometry, long block, long present, long end) {
        long bytes = 0;
        for (long rest = present; rest != 0; rest &= rest - 1) {
            long start = geometry.sectorStart(block, Long.numberOfTrailingZeros(rest));
            bytes += Math.max(0, Math.min(geometry.sectorBytes(), end - start));
        }
        return bytes;
    }
}
