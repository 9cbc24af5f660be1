package org.netcachefs.daemon.netfs;

import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Reply;
import org.netcachefs.store.Cookie;

/**
 * Has the kernel drop the pages of an open file before it is shown another size than it was: a page that ended with the file would else
 * show zeros behind the old end to whoever reads just then. Thread-safe.
 */
final class ShownSizes {
    private final Core core;
    private final Revalidation revalidation;

    ShownSizes(Core core, Revalidation revalidation) {
        this.core = core;
        this.revalidation = revalidation;
    }

    /** {@code reply}, answered with {@code attributes} once the kernel may have them; {@code undo} gets an answer it did not take. */
    <T> Reply<T> before(Reply<T> reply, Function<T, Attributes> attributes, Consumer<T> undo) {
        return new Reply<>() {
            @Override
            public boolean ok(T value) {
                return show(reply, value, attributes.apply(value), undo);
            }

            @Override
            public boolean error(Errno errno) {
                return reply.error(errno);
            }

            @Override
            public void onInterrupt(Runnable action) {
                reply.onInterrupt(action);
            }
        };
    }

    private <T> boolean show(Reply<T> reply, T value, Attributes attributes, Consumer<T> undo) {
        Node node = attributes.isRegular() ? node(attributes) : null;
        if (node == null) {
            return reply.ok(value);
        }
        long size = attributes.size();
        if (!isNews(node, size)) {
            node.shownSize(size);
            return reply.ok(value);
        }
        revalidation.tellKernel(node, Revalidation.Stale.CONTENT).whenComplete((told, failure) -> {
            node.shownSize(size);
            if (!reply.ok(value)) {
                undo.accept(value);
            }
        });
        return true;
    }

    private @Nullable Node node(Attributes attributes) {
        return core.nodes()
                .known(InodeNumbers.shown(
                        attributes.inode(), core.nodes().root().id()));
    }

    /** What is written through us the kernel knows without being told. */
    private static boolean isNews(Node node, long size) {
        long before = node.shownSize();
        return before != Node.UNKNOWN_SIZE && before != size && node.opens() > 0 && !isWritten(node);
    }

    private static boolean isWritten(Node node) {
        synchronized (node) {
            Cookie cookie = node.cookie();
            return cookie != null && cookie.coherency().isWriting();
        }
    }
}
