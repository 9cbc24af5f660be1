package org.netcachefs.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.RefusedException;

class ControlServerTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final CountDownLatch released = new CountDownLatch(1);
    private ControlServer server;

    @BeforeEach
    void listen() throws IOException {
        server = ControlServer.listen(directory.resolve("volume.sock"), this::handle);
    }

    @AfterEach
    void close() {
        released.countDown();
        server.close();
        assertThat(server.socket()).doesNotExist();
    }

    private JsonObject handle(Peer peer, JsonObject request) throws RefusedException {
        switch (request.get("command").getAsString()) {
            case "refuse" -> throw new RefusedException(ExitCode.NOT_PERMITTED, "not you");
            case "fail" -> throw new IllegalStateException("broken");
            case "hang" -> awaitRelease();
            default -> request.addProperty("privileged", peer.privileged());
        }
        return request;
    }

    private void awaitRelease() {
        try {
            released.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonObject command(String name) {
        JsonObject request = new JsonObject();
        request.addProperty("command", name);
        return request;
    }

    private JsonObject ask(String name) throws RefusedException {
        return ControlClient.ask(server.socket(), command(name), LIMIT);
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(server.socket()));
        return channel;
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void ask_isAnswered_andTheOwnUserIsPrivileged() throws Exception {
        assertThat(ask("hello").get("privileged").getAsBoolean()).isTrue();
    }

    @Test
    void ask_refused_carriesExitCodeAndLine() {
        assertThatThrownBy(() -> ask("refuse"))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.NOT_PERMITTED))
                .hasMessage("not you");
    }

    @Test
    void ask_handlerFails_isAnInternalError_andTheServerGoesOn() throws Exception {
        assertThatThrownBy(() -> ask("fail"))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.INTERNAL));
        assertThat(ask("hello").has("command")).isTrue();
    }

    @Test
    void ask_nobodyThere_isNoDaemon() {
        assertThatThrownBy(() -> ControlClient.ask(directory.resolve("none.sock"), command("hello"), LIMIT))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.NO_DAEMON));
    }

    @Test
    void ask_noAnswerInTime_isNoDaemon() {
        assertThatThrownBy(() -> ControlClient.ask(server.socket(), command("hang"), Duration.ofMillis(50)))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.NO_DAEMON))
                .hasMessageContaining("did not answer");
    }

    @Test
    void garbage_isRefusedLineByLine() throws Exception {
        try (SocketChannel channel = connect()) {
            LineReader lines = new LineReader(channel, 1 << 20);
            for (String garbage : List.of("", "\0\1\2\377", "[]", "{", "[".repeat(60_000), "\"command\"", "null")) {
                send(channel, garbage + "\n");
                assertThat(lines.next()).contains("\"exit\":1");
            }
            send(channel, "{\"command\":\"hello\"}\n");
            assertThat(lines.next()).contains("\"exit\":0");
        }
    }

    @Test
    void garbage_lineWithoutEnd_endsTheConnectionOnly() throws Exception {
        try (SocketChannel channel = connect()) {
            assertThatThrownBy(() -> {
                        while (true) {
                            send(channel, "x".repeat(ControlServer.MAX_LINE));
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        assertThat(ask("hello").has("command")).isTrue();
    }

    @Test
    void silentConnections_doNotKeepOthersOut() throws Exception {
        List<SocketChannel> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 3 * ControlServer.MAX_CONNECTIONS; i++) {
                silent.add(connect());
            }
            assertThat(ask("hello").has("command")).isTrue();
        } finally {
            for (SocketChannel channel : silent) {
                channel.close();
            }
        }
    }

    @Test
    void listen_socketOfADeadDaemon_isReplaced() throws Exception {
        Path socket = directory.resolve("dead.sock");
        try (java.nio.channels.ServerSocketChannel dead =
                java.nio.channels.ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(Files.exists(socket)).isTrue();
        try (ControlServer fresh = ControlServer.listen(socket, this::handle)) {
            assertThat(fresh.socket()).isEqualTo(socket);
            assertThat(ControlClient.isAlive(socket)).isTrue();
        }
    }

    @Test
    void listen_besideALivingDaemon_takesAnotherName() throws Exception {
        try (ControlServer second = ControlServer.listen(server.socket(), this::handle)) {
            assertThat(second.socket()).isNotEqualTo(server.socket()).hasParentRaw(directory);
            assertThat(ControlClient.isAlive(server.socket())).isTrue();
            assertThat(ControlClient.isAlive(second.socket())).isTrue();
        }
    }
}
