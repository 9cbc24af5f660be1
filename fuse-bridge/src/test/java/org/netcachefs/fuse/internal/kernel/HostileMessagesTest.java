package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.internal.protocol.Opcode;

/** Whatever the bytes of a message are, it is answered once, or not at all where no answer is due, and nothing is thrown. */
class HostileMessagesTest {
    private static final RecordingFileSystem WILLING = new RecordingFileSystem();
    private static final Kernel KERNEL = new Kernel(WILLING.fileSystem());
    private static final List<Integer> NEVER_ANSWERED =
            List.of(Opcode.FORGET, Opcode.BATCH_FORGET, Opcode.INTERRUPT, Opcode.NOTIFY_REPLY);

    /** A right request of each kind that has more than a header. */
    private static final Map<Integer, byte[]> RIGHT = Map.ofEntries(
            Map.entry(Opcode.LOOKUP, Kernel.body("name")),
            Map.entry(Opcode.FORGET, Kernel.body(3L)),
            Map.entry(Opcode.BATCH_FORGET, Kernel.body(2, 0, 5L, 1L, 6L, 1L)),
            Map.entry(Opcode.GETATTR, Kernel.body(1, 0, 5L)),
            Map.entry(Opcode.SETATTR, Kernel.body(new byte[88])),
            Map.entry(Opcode.SYMLINK, Kernel.body("name", "target")),
            Map.entry(Opcode.MKNOD, Kernel.body(0100644, 0, 0, 0, "name")),
            Map.entry(Opcode.MKDIR, Kernel.body(0755, 0, "name")),
            Map.entry(Opcode.UNLINK, Kernel.body("name")),
            Map.entry(Opcode.RMDIR, Kernel.body("name")),
            Map.entry(Opcode.RENAME, Kernel.body(1L, "name", "new")),
            Map.entry(Opcode.RENAME2, Kernel.body(1L, 1, 0, "name", "new")),
            Map.entry(Opcode.LINK, Kernel.body(4L, "name")),
            Map.entry(Opcode.OPEN, Kernel.body(0, 0)),
            Map.entry(Opcode.READ, Kernel.body(1L, 0L, 4096, 0, 0L, 0, 0)),
            Map.entry(Opcode.WRITE, Kernel.body(1L, 0L, 3, 0, 0L, 0, 0, new byte[] {1, 2, 3})),
            Map.entry(Opcode.RELEASE, Kernel.body(1L, 0, 0, 0L)),
            Map.entry(Opcode.FSYNC, Kernel.body(1L, 1, 0)),
            Map.entry(Opcode.SETXATTR, Kernel.body(3, 0, "user.a", new byte[] {1, 2, 3})),
            Map.entry(Opcode.GETXATTR, Kernel.body(100, 0, "user.a")),
            Map.entry(Opcode.LISTXATTR, Kernel.body(100, 0)),
            Map.entry(Opcode.REMOVEXATTR, Kernel.body("user.a")),
            Map.entry(Opcode.FLUSH, Kernel.body(1L, 0, 0, 0L)),
            Map.entry(Opcode.OPENDIR, Kernel.body(0, 0)),
            Map.entry(Opcode.READDIR, Kernel.body(1L, 0L, 4096, 0, 0L, 0, 0)),
            Map.entry(Opcode.READDIRPLUS, Kernel.body(1L, 0L, 4096, 0, 0L, 0, 0)),
            Map.entry(Opcode.RELEASEDIR, Kernel.body(1L, 0, 0, 0L)),
            Map.entry(Opcode.FSYNCDIR, Kernel.body(1L, 0, 0)),
            Map.entry(Opcode.GETLK, Kernel.body(1L, 2L, 0L, 9L, 1, 77, 0, 0)),
            Map.entry(Opcode.SETLK, Kernel.body(1L, 2L, 0L, 9L, 1, 77, 0, 0)),
            Map.entry(Opcode.SETLKW, Kernel.body(1L, 2L, 0L, 9L, 2, 77, 0, 0)),
            Map.entry(Opcode.ACCESS, Kernel.body(4, 0)),
            Map.entry(Opcode.CREATE, Kernel.body(2, 0644, 0, 0, "name")),
            Map.entry(Opcode.INTERRUPT, Kernel.body(8L)),
            Map.entry(Opcode.FALLOCATE, Kernel.body(1L, 0L, 10L, 0, 0)),
            Map.entry(Opcode.LSEEK, Kernel.body(1L, 0L, 3, 0)),
            Map.entry(Opcode.COPY_FILE_RANGE, Kernel.body(1L, 0L, 2L, 3L, 0L, 10L, 0L)),
            Map.entry(Opcode.COPY_FILE_RANGE_64, Kernel.body(1L, 0L, 2L, 3L, 0L, 10L, 0L)),
            Map.entry(Opcode.TMPFILE, Kernel.body(2, 0600, 0, 0, "/")));

    @AfterContainer
    static void close() throws IOException {
        KERNEL.close();
    }

    @Property(tries = 3000)
    void garbageBehindAHeader_isAnsweredAtMostOnce(
            @ForAll @IntRange(min = -1, max = 60) int opcode, @ForAll @Size(max = 200) byte[] body) {
        check(opcode, KERNEL.send(opcode, body));
    }

    @Property(tries = 3000)
    void rightMessage_withSomeBytesChanged_isAnsweredAtMostOnce(
            @ForAll("opcodes") int opcode, @ForAll @Size(min = 3, max = 3) int[] places, @ForAll long change) {
        byte[] body = RIGHT.get(opcode).clone();
        for (int i = 0; i < places.length && body.length > 0; i++) {
            body[Math.floorMod(places[i], body.length)] ^= (byte) (change >> (8 * i));
        }
        check(opcode, KERNEL.send(opcode, body));
    }

    @Provide
    Arbitrary<Integer> opcodes() {
        return Arbitraries.of(RIGHT.keySet());
    }

    @Property(tries = 1000)
    void bytesOfAnyKind_areNoHarm(@ForAll @Size(max = 100) byte[] bytes) {
        assertThat(KERNEL.receive(bytes)).isEmpty();
    }

    @Test
    void messageCutAnywhere_isRefusedOrServed() throws IOException {
        try (Kernel kernel = new Kernel(WILLING.fileSystem())) {
            RIGHT.forEach((opcode, body) -> {
                for (int length = 0; length <= body.length; length++) {
                    check(opcode, kernel.send(opcode, Arrays.copyOf(body, length)));
                }
            });
            assertThat(kernel.surprises()).isZero();
        }
    }

    @Test
    void readOfNoBytes_isAnswered() {
        check(Opcode.READ, KERNEL.send(Opcode.READ, Kernel.body(1L, 0L, 0, 0, 0L, 0, 0)));
    }

    @Test
    void messageWhoseLengthIsWrong_isLeftAlone() throws IOException {
        try (Kernel kernel = new Kernel(WILLING.fileSystem())) {
            assertThat(kernel.send(Opcode.LOOKUP, 4000, Kernel.body("name"))).isEmpty();
            assertThat(kernel.send(Opcode.LOOKUP, 40, Kernel.body("name"))).isEmpty();
            assertThat(kernel.send(Opcode.LOOKUP, -1, Kernel.body("name"))).isEmpty();
        }
    }

    @Test
    void rightMessages_areServed() throws IOException {
        try (Kernel kernel = new Kernel(WILLING.fileSystem())) {
            RIGHT.forEach((opcode, body) -> {
                for (byte[] answer : kernel.send(opcode, body)) {
                    assertThat(error(answer)).as(Opcode.name(opcode)).isZero();
                }
            });
        }
    }

    private static void check(int opcode, List<byte[]> answers) {
        assertThat(KERNEL.surprises()).isZero();
        if (NEVER_ANSWERED.contains(opcode)) {
            assertThat(answers).isEmpty();
            return;
        }
        assertThat(answers).hasSize(1);
        ByteBuffer answer = ByteBuffer.wrap(answers.get(0)).order(ByteOrder.nativeOrder());
        assertThat(answer.getInt(0)).isEqualTo(answer.capacity());
        assertThat(error(answers.get(0))).isBetween(-133, 0);
        assertThat(answer.getLong(8)).isEqualTo(Kernel.UNIQUE);
        if (error(answers.get(0)) != 0) {
            assertThat(answer.capacity()).isEqualTo(16);
        }
    }

    private static int error(byte[] answer) {
        return ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder()).getInt(4);
    }
}
