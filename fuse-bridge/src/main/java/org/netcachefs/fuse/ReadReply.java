package org.netcachefs.fuse;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where the answer to a read goes. Exactly one of {@link #filled}, {@link #segments}, {@link #lent} and {@link #error} answers it; fewer
 * bytes than asked for mean end of file. Thread-safe, but {@link #buffer} belongs to one thread at a time.
 */
public interface ReadReply {
    /**
     * The transport's own direct buffer for this answer, with room for the request's length, for an answer made on the spot
     * by the thread that called {@link FileSystem#read} (or one it hands the buffer to): fill it from index 0, then
     * {@link #filled}. It must not be touched once the request is answered, so bytes from a call that may outlive the
     * request (upstream) come as {@link #segments}.
     */
    ByteBuffer buffer();

    /** Answers with the first {@code length} bytes of {@link #buffer}. False when the kernel did not take it. */
    boolean filled(int length);

    /**
     * Answers with these pieces in order. {@code released} runs exactly once, when the pieces are no longer needed (also
     * when false is returned). If a region cannot be read, nothing has been sent, {@code sourceFailed} runs once after
     * {@code released}, and the read must be answered again, without that region.
     */
    boolean segments(List<Segment> pieces, Runnable released, Consumer<Errno> sourceFailed);

    /**
     * Answers with {@code length} bytes at {@code address}, which are not touched any more when it returns. They may be a mapped file's: the calling thread then waits for
     * what is not in memory, and whoever reads gets EIO for what cannot be read. False when the kernel did not take it.
     */
    boolean lent(long address, int length);

    boolean error(Errno errno);

    /** As {@link Reply#onInterrupt}. */
    void onInterrupt(Runnable action);
}
