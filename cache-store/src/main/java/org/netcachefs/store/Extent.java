package org.netcachefs.store;

/** A run of a file uniformly present ({@code cached}) or uniformly absent. */
public record Extent(ByteRange range, boolean cached) {
    public boolean isHole() {
        return !cached;
    }
}
