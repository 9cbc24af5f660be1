package org.netcachefs.daemon.upstream;

import org.netcachefs.fuse.Attributes;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.ObjectKey;

/**
 * What upstream says of an object: attributes (with upstream's own inode number), an identity that no other object of the volume has for as long as this one exists
 * (file handle where given, else device, inode and birth time), and the mount it lies on.
 */
public record UpstreamStatus(Attributes attributes, ObjectKey identity, long mountId) {
    public CoherencyData coherency() {
        return coherencyOf(attributes);
    }

    public static CoherencyData coherencyOf(Attributes attributes) {
        return new CoherencyData(
                attributes.size(),
                attributes.modified().toNanos(),
                attributes.changed().toNanos());
    }
}
