package org.netcachefs.daemon.netfs;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Extent;

/**
 * Cuts a request into subrequests. They tile it; those from upstream lie within one block each (the maximum of a fetch),
 * and neighbours of one source are split there only; those from the cache lie where it has the bytes. Pure.
 */
record RequestShaper(BlockGeometry geometry) {
    /** {@code extents} tells the longest uniform prefix of a range. */
    List<Subrequest> shape(ByteRange wanted, Function<ByteRange, Extent> extents) {
        List<Subrequest> parts = new ArrayList<>();
        ByteRange rest = wanted;
        while (!rest.isEmpty()) {
            Extent extent = extents.apply(rest);
            ByteRange run = rest.until(extent.range().end());
            if (extent.cached()) {
                parts.add(new Subrequest(parts.size(), Source.CACHE, run));
            } else {
                addBlocks(run, parts);
            }
            rest = rest.from(run.end());
        }
        return parts;
    }

    /** All of it from upstream. */
    List<Subrequest> shapeUncached(ByteRange wanted) {
        List<Subrequest> parts = new ArrayList<>();
        addBlocks(wanted, parts);
        return parts;
    }

    /**
     * What to fetch for a slice of a hole, in whole sectors up to the end of the file at {@code size}: for a sequential
     * reader all of the hole from there to the end of the block, else the sectors asked for.
     *
     * @param hole the hole from the start of {@code part} on, as far as it is known
     */
    ByteRange fetchFor(ByteRange part, ByteRange hole, boolean sequential, long size) {
        long blockEnd = geometry.blockStart(geometry.blockOf(part.start())) + geometry.blockBytes();
        ByteRange wanted = sequential ? ByteRange.between(part.start(), Math.max(part.end(), hole.end())) : part;
        return geometry.sectorsAround(wanted).until(blockEnd).until(size);
    }

    private void addBlocks(ByteRange run, List<Subrequest> parts) {
        for (ByteRange rest = run; !rest.isEmpty(); ) {
            long blockEnd = geometry.blockStart(geometry.blockOf(rest.start())) + geometry.blockBytes();
            ByteRange slice = rest.until(blockEnd);
            parts.add(new Subrequest(parts.size(), Source.UPSTREAM, slice));
            rest = rest.from(slice.end());
        }
    }
}
