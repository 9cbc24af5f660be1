package org.netcachefs.fuse;

import java.util.concurrent.CompletionStage;

/**
 * Tells the kernel to drop what it caches. Sent by threads of the transport, those of one node in the order they came (but for {@link #invalidateAttributes}), so the caller may hold no lock a request
 * needs only while waiting for the stage; never wait for it from a request of the same node (the kernel would deadlock).
 * A stage completes with false where the kernel cannot be told: in a transport without {@link Capability#NOTIFY} always, but
 * for {@link #invalidateNode} and {@link #grow} of a file that is open.
 */
public interface Notifier {
    /** Whether the kernel can be told of any node: {@link Capability#NOTIFY}. */
    boolean isHeard();

    /** Drops cached attributes and pages; {@code length} 0 or less means to the end of file, {@code offset} below 0 attributes only. */
    CompletionStage<Boolean> invalidateNode(long node, long offset, long length);

    /**
     * Gives a file a greater size, whose last byte is {@code last}, once its page that held the old end is dropped: an answer that shows the new size
     * has the kernel believe it before it drops that page, and whoever reads just then finds zeros behind the old end. Reads that come from
     * now on must be answered with the new content.
     */
    CompletionStage<Boolean> grow(long node, long oldSize, long newSize, byte last);

    /** Drops cached attributes. Waits for no page and no other notice: may be called, and waited for, before any request is answered. */
    CompletionStage<Boolean> invalidateAttributes(long node);

    CompletionStage<Boolean> invalidateEntry(long parent, FileName name);

    CompletionStage<Boolean> delete(long parent, long node, FileName name);
}
