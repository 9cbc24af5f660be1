package org.netcachefs.fuse.internal.protocol;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ReadReply;
import org.netcachefs.fuse.Segment;
import org.netcachefs.fuse.internal.Native;

/** A read's answer of at most {@code size} bytes: sent from memory of its own, and pieces in memory or files from where they are. Thread-safe. */
public final class ReadAnswer extends Answer implements ReadReply {
    /** Below it a copy costs less. */
    private static final int LEAST_SPLICED = 4096;

    private final int size;
    /** Once set it stays. */
    private volatile @Nullable AnswerBuffer memory;

    /** To {@code request} of {@code thread} (0: unknown). */
    public ReadAnswer(Origin origin, long request, int thread, int size) {
        super(origin, request, thread);
        this.size = size;
    }

    @Override
    public ByteBuffer buffer() {
        if (isAnswered()) {
            throw new IllegalStateException("the read was answered");
        }
        return memory().bytes(size);
    }

    private void checkLength(int length) {
        if (length < 0 || length > size) {
            throw new IllegalArgumentException(length + " bytes for a read of " + size);
        }
    }

    private synchronized AnswerBuffer memory() {
        AnswerBuffer taken = memory;
        if (taken == null) {
            taken = origin().buffers().take(size);
            memory = taken;
        }
        return taken;
    }

    @Override
    public boolean filled(int length) {
        checkLength(length);
        return claim() && sendAndGiveBack(memory(), length, 0);
    }

    @Override
    public boolean segments(List<Segment> pieces, Runnable released, Consumer<Errno> sourceFailed) {
        if (!claim()) {
            released.run();
            return false;
        }
        Errno failure;
        int total;
        try {
            total = checkSize(pieces);
            SplicePipe pipe = isSpliced(pieces, total) ? spliced(pieces, total) : null;
            if (pipe != null) {
                boolean taken = send(pipe, total);
                released.run();
                return taken;
            }
            failure = readRegions(pieces);
        } catch (RuntimeException e) {
            boolean ignored = sendError(Errno.EIO);
            released.run();
            throw e;
        }
        if (failure != null) {
            takeBack();
            released.run();
            sourceFailed.accept(failure);
            return true;
        }
        boolean taken = sendPieces(pieces, total);
        released.run();
        return taken;
    }

    @Override
    public boolean lent(long address, int length) {
        checkLength(length);
        if (!claim()) {
            return false;
        }
        AnswerBuffer control = origin().buffers().take(0);
        IoVector vector = begun(control, length);
        vector.add(address, length);
        return sendAndGiveBack(control, vector);
    }

    /** The header of an answer with {@code length} bytes behind it. */
    private IoVector begun(AnswerBuffer control, int length) {
        putHeader(control.address(), length, 0);
        IoVector vector = new IoVector(control.dataAddress());
        vector.add(control.address(), AnswerLayout.Header.SIZE);
        return vector;
    }

    private boolean sendAndGiveBack(AnswerBuffer control, IoVector vector) {
        boolean taken = answered(origin().channel().send(vector));
        origin().buffers().giveBack(control);
        giveMemoryBack();
        return taken;
    }

    private static boolean isSpliced(List<Segment> pieces, int total) {
        for (Segment piece : pieces) {
            if (!piece.isRegion()) {
                return false;
            }
        }
        return total >= LEAST_SPLICED;
    }

    /** A pipe with the whole answer in it; null if it does not fit or some region cannot be had this way. */
    private @Nullable SplicePipe spliced(List<Segment> pieces, int total) {
        SplicePipe pipe = origin().pipes().take();
        if (pipe == null) {
            return null;
        }
        if (!pipe.fits(total, pieces.size())) {
            origin().pipes().giveBack(pipe);
            return null;
        }
        if (putHeader(pipe, total) && putRegions(pipe, pieces)) {
            return pipe;
        }
        pipe.close();
        return null;
    }

    private boolean putHeader(SplicePipe pipe, int total) {
        AnswerBuffer header = origin().buffers().take(0);
        putHeader(header.address(), total, 0);
        boolean put = pipe.put(header.address(), AnswerLayout.Header.SIZE);
        origin().buffers().giveBack(header);
        return put;
    }

    private static boolean putRegions(SplicePipe pipe, List<Segment> pieces) {
        for (Segment piece : pieces) {
            if (!pipe.put(piece)) {
                return false;
            }
        }
        return true;
    }

    private boolean send(SplicePipe pipe, int total) {
        if (origin().channel().send(pipe, AnswerLayout.Header.SIZE + total)) {
            origin().pipes().giveBack(pipe);
            return answered(true);
        }
        pipe.close();
        // Interrupted and forgotten; or there was no memory for the pipe's pages, and whoever reads still waits.
        boolean ignored = sendError(Errno.EIO);
        return false;
    }

    private int checkSize(List<Segment> pieces) {
        long total = 0;
        for (Segment piece : pieces) {
            total += piece.length();
        }
        if (total > size) {
            throw new IllegalArgumentException("more bytes than the " + size + " asked for");
        }
        return (int) total;
    }

    /** Puts each region where it belongs in the answer; the errno if one cannot be read in full. */
    private @Nullable Errno readRegions(List<Segment> pieces) {
        int position = 0;
        for (Segment piece : pieces) {
            Errno failure = piece.isRegion() ? read(piece, memory().dataAddress() + position) : null;
            if (failure != null) {
                return failure;
            }
            position += piece.length();
        }
        return null;
    }

    private static @Nullable Errno read(Segment region, long target) {
        int done = 0;
        while (done < region.length()) {
            long count = Native.libc()
                    .pread(region.descriptor(), target + done, region.length() - done, region.position() + done);
            Errno errno = count < 0 ? Native.lastErrno() : Errno.EIO;
            if (count <= 0 && errno != Errno.EINTR) {
                return errno;
            }
            done += (int) Math.max(0, count);
        }
        return null;
    }

    private boolean sendPieces(List<Segment> pieces, int total) {
        if (pieces.size() > IoVector.MOST_PIECES) {
            return sendCopied(pieces);
        }
        for (Segment piece : pieces) {
            if (!piece.isRegion() && piece.bytes().isDirect()) {
                return sendGathered(pieces, total);
            }
        }
        return sendCopied(pieces);
    }

    /** The regions are in place already. */
    private boolean sendCopied(List<Segment> pieces) {
        int position = 0;
        for (Segment piece : pieces) {
            if (!piece.isRegion()) {
                memory().bytes(size).position(position).put(piece.bytes().duplicate());
            }
            position += piece.length();
        }
        return sendAndGiveBack(memory(), position, 0);
    }

    private boolean sendGathered(List<Segment> pieces, int total) {
        AnswerBuffer control = origin().buffers().take(0);
        IoVector vector = begun(control, total);
        int position = 0;
        for (Segment piece : pieces) {
            vector.add(addressOf(piece, position), piece.length());
            position += piece.length();
        }
        return sendAndGiveBack(control, vector);
    }

    private long addressOf(Segment piece, int position) {
        if (!piece.isRegion() && piece.bytes().isDirect()) {
            return Native.addressOf(piece.bytes());
        }
        if (!piece.isRegion()) {
            memory().bytes(size).position(position).put(piece.bytes().duplicate());
        }
        return memory().dataAddress() + position;
    }

    private void giveMemoryBack() {
        AnswerBuffer taken = memory;
        if (taken != null) {
            origin().buffers().giveBack(taken);
        }
    }
}
