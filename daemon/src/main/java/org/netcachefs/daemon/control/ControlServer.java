package org.netcachefs.daemon.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.RefusedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon's ear: a Unix socket on which each line is a request and is answered by a line. One thread accepts, one thread
 * serves each connection; when there are more than {@link #MAX_CONNECTIONS} the oldest is cut off. Thread-safe.
 */
public final class ControlServer implements AutoCloseable {
    static final int MAX_CONNECTIONS = 32;
    static final int MAX_LINE = 64 << 10;
    private static final long LAST_ANSWERS_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final Logger log = LoggerFactory.getLogger(ControlServer.class);

    private final Path socket;
    private final ServerSocketChannel server;
    private final ControlHandler handler;

    /** In the order they came; true while a request is being answered. */
    @GuardedBy("this")
    private final Map<SocketChannel, Boolean> connections = new LinkedHashMap<>();

    private ControlServer(Path socket, ServerSocketChannel server, ControlHandler handler) {
        this.socket = socket;
        this.server = server;
        this.handler = handler;
    }

    /**
     * Listens at {@code wanted}, or beside it under a name of its own when another daemon is alive there; a socket left by a
     * dead daemon is replaced.
     */
    static ControlServer listen(Path wanted, ControlHandler handler) throws IOException {
        Path socket = free(wanted);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        ControlServer control = new ControlServer(socket, server, handler);
        control.start("control", control::accept);
        return control;
    }

    public Path socket() {
        return socket;
    }

    private static Path free(Path wanted) throws IOException {
        if (!Files.exists(wanted)) {
            return wanted;
        }
        if (ControlClient.isAlive(wanted)) {
            String name = wanted.getFileName().toString().replaceFirst("\\.sock$", "");
            return wanted.resolveSibling(name + "-" + ProcessHandle.current().pid() + ".sock");
        }
        Files.deleteIfExists(wanted);
        return wanted;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel connection = server.accept();
                admit(connection);
                start("control-connection", () -> serve(connection));
            } catch (IOException e) {
                log.debug("control socket: {}", e.toString());
            }
        }
    }

    private void admit(SocketChannel connection) {
        synchronized (this) {
            connections.put(connection, false);
            if (connections.size() > MAX_CONNECTIONS) {
                SocketChannel oldest = connections.keySet().iterator().next();
                connections.remove(oldest);
                closeQuietly(oldest);
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            Peer peer = Peer.of(connection);
            LineReader lines = new LineReader(connection, MAX_LINE);
            while (true) {
                String line = lines.next();
                mark(connection, true);
                send(connection, answer(peer, line));
                mark(connection, false);
            }
        } catch (IOException e) {
            log.trace("control connection ended: {}", e.toString());
        } finally {
            synchronized (this) {
                connections.remove(connection);
                notifyAll();
            }
        }
    }

    private synchronized void mark(SocketChannel connection, boolean busy) {
        connections.replace(connection, busy);
        notifyAll();
    }

    private JsonObject answer(Peer peer, String line) {
        JsonObject answer = new JsonObject();
        try {
            JsonObject result = handler.handle(peer, parse(line));
            answer.addProperty("exit", ExitCode.OK.code());
            answer.add("result", result);
        } catch (RefusedException e) {
            answer.addProperty("exit", e.code().code());
            answer.addProperty("message", e.getMessage());
        } catch (RuntimeException e) {
            log.warn("control request failed: {}", line, e);
            answer.addProperty("exit", ExitCode.INTERNAL.code());
            answer.addProperty("message", "internal error: " + e + "; see the log");
        }
        return answer;
    }

    private static JsonObject parse(String line) throws RefusedException {
        try {
            return JsonParser.parseString(line).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException | StackOverflowError e) {
            throw new RefusedException(ExitCode.USAGE, "control request is not a JSON object");
        }
    }

    private static void send(SocketChannel connection, JsonObject answer) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((ByteText.json(answer) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            connection.write(bytes);
        }
    }

    private void start(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable channel) {
        try {
            channel.close();
        } catch (Exception e) {
            log.debug("control socket: {}", e.toString());
        }
    }

    /** What is being answered is answered first, for at most ten seconds. */
    @Override
    public void close() {
        closeQuietly(server);
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            log.debug("control socket {}: {}", socket, e.toString());
        }
        synchronized (this) {
            awaitAnswers();
            connections.keySet().forEach(ControlServer::closeQuietly);
        }
    }

    @GuardedBy("this")
    private void awaitAnswers() {
        long deadline = System.nanoTime() + LAST_ANSWERS_NANOS;
        while (connections.containsValue(true) && System.nanoTime() < deadline) {
            try {
                wait(10);
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
