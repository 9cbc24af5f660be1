package org.netcachefs.daemon.control;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.RefusedException;

/** Asks one daemon one thing. */
public final class ControlClient {
    private static final int MAX_ANSWER = 16 << 20;

    private ControlClient() {}

    /** The result, or the refusal the daemon answered; NO_DAEMON when nobody answers within {@code limit}. */
    public static JsonObject ask(Path socket, JsonObject request, Duration limit) throws RefusedException {
        JsonObject answer;
        try (SocketChannel channel = connect(socket)) {
            answer = exchange(channel, request, limit);
        } catch (SocketTimeoutException e) {
            throw new RefusedException(
                    ExitCode.NO_DAEMON,
                    "the daemon at " + socket + " did not answer within " + limit.toSeconds() + " s");
        } catch (IOException | JsonParseException | IllegalStateException e) {
            throw new RefusedException(ExitCode.NO_DAEMON, "no daemon answers at " + socket + ": " + e.getMessage());
        }
        int exit = answer.get("exit").getAsInt();
        if (exit != 0) {
            throw new RefusedException(ExitCode.of(exit), answer.get("message").getAsString());
        }
        return answer.getAsJsonObject("result");
    }

    /** Whether somebody listens there. */
    static boolean isAlive(Path socket) {
        try (SocketChannel channel = connect(socket)) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        return channel;
    }

    private static JsonObject exchange(SocketChannel channel, JsonObject request, Duration limit) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            String line = new LineReader(new Timed(channel, selector, limit), MAX_ANSWER).next();
            return JsonParser.parseString(line).getAsJsonObject();
        }
    }

    /** Reads that fail once the time is up. */
    private static final class Timed implements ReadableByteChannel {
        private final SocketChannel channel;
        private final Selector selector;
        private final long deadline;

        Timed(SocketChannel channel, Selector selector, Duration limit) {
            this.channel = channel;
            this.selector = selector;
            this.deadline = System.nanoTime() + limit.toNanos();
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            while (true) {
                int count = channel.read(to);
                if (count != 0) {
                    return count;
                }
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new SocketTimeoutException();
                }
                selector.select(left);
                selector.selectedKeys().clear();
            }
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
