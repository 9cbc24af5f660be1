package org.netcachefs.fuse.internal.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.Libc;
import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.protocol.AnswerBuffers;
import org.netcachefs.fuse.internal.protocol.InterruptDesk;
import org.netcachefs.fuse.internal.protocol.KernelChannel;
import org.netcachefs.fuse.internal.protocol.Origin;
import org.netcachefs.fuse.internal.protocol.ReceiveBuffers;
import org.netcachefs.fuse.internal.protocol.SplicePipes;

/** Sends requests to a file system as the kernel does, and takes the answers; without a kernel. */
final class Kernel implements AutoCloseable {
    static final long UNIQUE = 0x1122334455667788L;
    static final long NODE = 0x77;

    private final Path answers;
    private final int descriptor;
    private final Guard guard = new Guard(fatal -> {
        throw new IllegalStateException(fatal);
    });
    private final Operations operations;
    private final Request request;
    private int read;

    Kernel(FileSystem fileSystem) {
        try {
            answers = Files.createTempFile("answers", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        descriptor = Native.libc().open(answers.toString(), Libc.O_RDWR | Libc.O_CLOEXEC);
        operations = new Operations(fileSystem);
        Origin origin = new Origin(
                new KernelChannel(descriptor), new InterruptDesk(), new AnswerBuffers(1 << 20), new SplicePipes());
        request = new Request(origin, new ReceiveBuffers((1 << 20) + 4096));
    }

    /** What the kernel got in answer to a request of {@code opcode} with these bytes behind the header. */
    List<byte[]> send(int opcode, byte[] body) {
        return send(opcode, 40 + body.length, body);
    }

    /** As above, saying that it is so long. */
    List<byte[]> send(int opcode, int length, byte[] body) {
        ByteBuffer message = ByteBuffer.allocate(40 + body.length).order(ByteOrder.nativeOrder());
        message.putInt(length).putInt(opcode).putLong(UNIQUE).putLong(NODE);
        message.putInt(10).putInt(20).putInt(0).putInt(0).put(body);
        return receive(message.array());
    }

    List<byte[]> receive(byte[] message) {
        Native.MEMORY.putByteArray(request.prepare(), message, 0, message.length);
        if (request.begin(message.length)) {
            request.end(guard.call("test", UNIQUE, () -> {
                operations.run(request);
                return 0;
            }));
        }
        return answers();
    }

    private List<byte[]> answers() {
        try {
            byte[] all = Files.readAllBytes(answers);
            List<byte[]> found = new ArrayList<>();
            while (read < all.length) {
                int length = ByteBuffer.wrap(all, read, 4)
                        .order(ByteOrder.nativeOrder())
                        .getInt();
                found.add(Arrays.copyOfRange(all, read, read + length));
                read += length;
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Operations that failed in a way they should not. */
    long surprises() {
        return guard.surprises();
    }

    @Override
    public void close() throws IOException {
        Native.libc().close(descriptor);
        Files.delete(answers);
    }

    /** The bytes of a request's body. */
    static byte[] body(Object... parts) {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.nativeOrder());
        for (Object part : parts) {
            if (part instanceof Long number) {
                bytes.putLong(number);
            } else if (part instanceof Integer number) {
                bytes.putInt(number);
            } else if (part instanceof String text) {
                bytes.put(text.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .put((byte) 0);
            } else {
                bytes.put((byte[]) part);
            }
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
