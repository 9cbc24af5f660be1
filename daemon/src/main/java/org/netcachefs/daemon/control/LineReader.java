package org.netcachefs.daemon.control;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

/** Lines of UTF-8 from a channel, each at most {@code limit} bytes. Not thread-safe. */
final class LineReader {
    private final ReadableByteChannel channel;
    private final int limit;
    private final ByteBuffer buffer = ByteBuffer.allocate(4096).limit(0);

    LineReader(ReadableByteChannel channel, int limit) {
        this.channel = channel;
        this.limit = limit;
    }

    /** The next line without its end. Throws {@link EOFException} at the end and when the line is too long. */
    String next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next == '\n') {
                    return line.toString(StandardCharsets.UTF_8);
                }
                line.write(next);
            }
            if (line.size() >= limit || channel.read(buffer.clear()) < 0) {
                buffer.limit(0);
                throw new EOFException();
            }
            buffer.flip();
        }
    }
}
