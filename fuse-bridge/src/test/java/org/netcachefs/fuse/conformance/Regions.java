package org.netcachefs.fuse.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.netcachefs.fuse.ReadReply;
import org.netcachefs.fuse.Segment;

/** Answers reads with regions of a file, by turns one, several that begin anywhere, and one beside bytes in memory. Thread-safe. */
final class Regions {
    private final AtomicInteger turns = new AtomicInteger();

    void answer(ByteBuffer bytes, ReadReply reply) {
        try {
            Path file = Files.createTempFile("regions", "");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(bytes.duplicate(), 100);
            }
            int descriptor = Posix.LIBC.open(Posix.path(file), Posix.O_RDONLY, 0);
            Files.delete(file);
            // The descriptor's number is free for others as soon as it was released.
            reply.segments(pieces(descriptor, bytes), () -> Posix.LIBC.close(descriptor), errno -> reply.error(errno));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Segment> pieces(int descriptor, ByteBuffer bytes) {
        int length = bytes.remaining();
        int turn = turns.getAndIncrement() % 3;
        if (turn == 0) {
            return List.of(Segment.region(descriptor, 100, length));
        }
        List<Segment> pieces = new ArrayList<>();
        for (int from = 0; from < length; from += 10_000) {
            int piece = Math.min(10_000, length - from);
            boolean inMemory = turn == 2 && from == 10_000;
            pieces.add(
                    inMemory
                            ? Segment.of(bytes.duplicate().position(from).limit(from + piece))
                            : Segment.region(descriptor, 100 + from, piece));
        }
        return pieces;
    }
}
