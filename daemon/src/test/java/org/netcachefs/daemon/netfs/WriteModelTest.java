package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.SetAttributes;

/** Reads, writes, truncations, appends, punched holes, reopens and foreign changes by two handles, against bytes in memory (as fsx does). */
class WriteModelTest {
    private static final int LONGEST = 3 * Fixture.BLOCK;
    private static final int STEPS = 400;

    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void whatIsRead_isWhatWasWritten(@ForAll long seed) throws Exception {
        try (Fixture fixture = Fixture.writable(NetfsConfig.DEFAULT)) {
            new Run(fixture, seed).go();
        }
    }

    private static final class Run {
        private final Fixture fixture;
        private final Random random;
        private final List<Client.Open> opens = new ArrayList<>();
        private final long node;
        private byte[] content = new byte[0];
        private final List<String> last = new ArrayList<>();

        Run(Fixture fixture, long seed) throws Exception {
            this.fixture = fixture;
            random = new Random(seed);
            opens.add(fixture.client.create("f", OpenFlags.O_RDWR));
            opens.add(fixture.client.openToWrite("f", OpenFlags.O_RDWR));
            node = opens.get(0).node;
        }

        void go() throws Exception {
            for (int step = 0; step < STEPS; step++) {
                int choice = random.nextInt(100);
                last.add(step + ":" + choice);
                step(choice);
                check();
            }
            for (Client.Open open : opens) {
                open.end();
            }
            fixture.drain();
            assertSame("after closing", fixture.client.read("f"));
            assertSame("upstream", fixture.side.content("f"));
            fixture.drain(); // no buffer is left behind
        }

        private void step(int choice) throws Exception {
            int which = random.nextInt(opens.size());
            Client.Open open = opens.get(which);
            if (choice < 8) {
                copy(open);
            } else if (choice < 45) {
                write(open, random.nextInt(LONGEST - 70_000), 1 + random.nextInt(70_000));
            } else if (choice < 60) {
                write(open, Math.min(content.length, LONGEST - 5000), 1 + random.nextInt(5000));
            } else if (choice < 68) {
                truncate(open, random.nextInt(LONGEST));
            } else if (choice < 74 && content.length > 0) {
                punch(open);
            } else if (choice < 80) {
                open.flush();
            } else if (choice < 84) {
                open.sync();
            } else if (choice < 94) {
                open.end();
                opens.set(which, fixture.client.openToWrite("f", OpenFlags.O_RDWR));
            } else {
                foreign(which);
            }
            if (random.nextInt(10) == 0) {
                fixture.clock.pass(Duration.ofMillis(random.nextInt(3000)));
            }
        }

        private void write(Client.Open open, int offset, int length) throws Exception {
            byte[] piece = new byte[length];
            random.nextBytes(piece);
            last.add("w" + opens.indexOf(open) + " " + offset + "+" + length);
            open.write(offset, piece);
            content = Arrays.copyOf(content, Math.max(content.length, offset + length));
            System.arraycopy(piece, 0, content, offset, length);
        }

        /** By upstream, within the file. */
        private void copy(Client.Open open) throws Exception {
            int from = random.nextInt(content.length + 1);
            int to = random.nextInt(LONGEST - 70_000);
            byte[] piece = Arrays.copyOfRange(content, from, Math.min(content.length, from + random.nextInt(70_000)));
            last.add("c " + from + ">" + to + "+" + piece.length);
            long handle = open.opened.handle();
            long copied = Client.ask(reply -> fixture.files.copyFileRange(
                    Client.CALLER, node, handle, from, node, handle, to, piece.length, reply));
            assertThat(copied).isEqualTo(piece.length);
            if (piece.length > 0) {
                content = Arrays.copyOf(content, Math.max(content.length, to + piece.length));
                System.arraycopy(piece, 0, content, to, piece.length);
            }
        }

        private void truncate(Client.Open open, int size) throws Exception {
            last.add("t " + size);
            if (random.nextBoolean()) {
                open.truncate(size);
            } else {
                fixture.client.set(node, new SetAttributes(null, null, null, (long) size, null, null, null));
            }
            content = Arrays.copyOf(content, size);
        }

        private void punch(Client.Open open) throws Exception {
            int offset = random.nextInt(content.length);
            int length = 1 + random.nextInt(content.length - offset);
            last.add("p " + offset + "+" + length);
            open.allocate(3, offset, length);
            Arrays.fill(content, offset, offset + length, (byte) 0);
        }

        /** Somebody else writes; seen by who opens the file afterwards. */
        private void foreign(int which) throws Exception {
            if (content.length == 0) {
                return;
            }
            byte[] piece = {(byte) random.nextInt(), 1};
            int offset = random.nextInt(content.length);
            for (Client.Open open : opens) {
                open.end();
            }
            fixture.clock.pass(Duration.ofMillis(10)); // within one tick of our own last write nobody could tell
            fixture.side.write("f", offset, piece);
            content = Arrays.copyOf(content, Math.max(content.length, offset + 2));
            System.arraycopy(piece, 0, content, offset, 2);
            for (int i = 0; i < opens.size(); i++) {
                opens.set(i, fixture.client.openToWrite("f", OpenFlags.O_RDWR));
            }
        }

        private void check() throws Exception {
            assertThat(fixture.client
                            .getattr(node, opens.get(0).opened.handle())
                            .size())
                    .isEqualTo(content.length);
            int from = random.nextInt(content.length + 1);
            int length = random.nextInt(100_000);
            byte[] read = opens.get(random.nextInt(opens.size())).read(from, length);
            byte[] expected = Arrays.copyOfRange(content, from, Math.min(content.length, from + length));
            assertThat(Arrays.mismatch(Arrays.copyOf(read, expected.length), expected))
                    .as("first wrong byte, of " + read.length + " read at " + from + " of " + content.length
                            + ", wanted " + length + ", expected " + expected.length + " after " + last)
                    .isEqualTo(-1);
        }

        private void assertSame(String what, byte[] read) {
            assertThat(read.length).as(what).isEqualTo(content.length);
            assertThat(Arrays.mismatch(read, content)).as(what).isEqualTo(-1);
        }
    }
}
