package org.netcachefs.daemon.netfs;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Notifier;

/** What the kernel is told. */
final class Notices implements Notifier {
    final List<Long> offsets = new CopyOnWriteArrayList<>();
    final List<Grown> grown = new CopyOnWriteArrayList<>();

    /** The nodes of which only attributes are to be dropped at once. */
    final List<Long> attributes = new CopyOnWriteArrayList<>();

    volatile CompletionStage<Boolean> answer = CompletableFuture.completedFuture(true);

    record Grown(long oldSize, long newSize, byte last) {}

    @Override
    public boolean isHeard() {
        return true;
    }

    @Override
    public CompletionStage<Boolean> invalidateNode(long node, long offset, long length) {
        offsets.add(offset);
        return answer;
    }

    @Override
    public CompletionStage<Boolean> grow(long node, long oldSize, long newSize, byte last) {
        grown.add(new Grown(oldSize, newSize, last));
        return answer;
    }

    @Override
    public CompletionStage<Boolean> invalidateAttributes(long node) {
        attributes.add(node);
        return answer;
    }

    @Override
    public CompletionStage<Boolean> invalidateEntry(long parent, FileName name) {
        throw new AssertionError();
    }

    @Override
    public CompletionStage<Boolean> delete(long parent, long node, FileName name) {
        throw new AssertionError();
    }
}
