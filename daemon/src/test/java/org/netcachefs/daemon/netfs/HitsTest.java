package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.kenai.jffi.MemoryIO;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.ReceivingThread;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie.Borrower;
import org.netcachefs.store.Cookie.HeldRange;
import org.netcachefs.store.Cookie.Region;

/** Reads of what the cache has in memory: large ones are answered with regions of its file, once each, small ones with what is lent; both are given back. */
class HitsTest {
    private static final int SIZE = 100_000;
    private static final byte[] CACHED = Fixture.bytes(SIZE, 1);
    /** Of the data file, to be told from what is copied. */
    private static final byte[] ON_DISK = Fixture.bytes(SIZE, 2);

    @TempDir
    private Path scratch;

    private Fixture fixture;
    private FileChannel data;
    private int descriptor;
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger lent = new AtomicInteger();

    @BeforeEach
    void setUp() throws Exception {
        Path path = Files.write(scratch.resolve("data"), ON_DISK);
        data = FileChannel.open(path);
        descriptor = descriptorOf(path);
        fixture = new Fixture(Fixture.withoutReadahead());
        fixture.oldFile("f", CACHED);
        fixture.client.read("f");
        fixture.drain();
        fixture.volume.cookies.holds = range -> new Places(range, true);
    }

    @AfterEach
    void tearDown() throws Exception {
        assertThat(held).hasValue(0);
        fixture.close();
        data.close();
    }

    private static int descriptorOf(Path path) throws IOException {
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            Path link = links.filter(l -> leadsTo(l, path)).findFirst().orElseThrow();
            return Integer.parseInt(link.getFileName().toString());
        }
    }

    private static boolean leadsTo(Path link, Path path) {
        try {
            return Files.readSymbolicLink(link).equals(path.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    /** A range of the file above, in two places. */
    private final class Places implements HeldRange {
        private final ByteRange range;
        private final boolean inMemory;

        Places(ByteRange range, boolean inMemory) {
            this.range = range;
            this.inMemory = inMemory;
            held.incrementAndGet();
        }

        @Override
        public List<Region> regions() {
            int half = (int) range.length() / 2;
            return List.of(
                    new Region(descriptor, range.start(), half),
                    new Region(descriptor, range.start() + half, (int) range.length() - half));
        }

        @Override
        public boolean isInMemory() {
            return inMemory;
        }

        @Override
        public void close() {
            held.decrementAndGet();
        }
    }

    @Test
    void largeRead_isAnsweredFromItsPlaces() throws Exception {
        try (Client.Open open = fixture.client.open("f")) {
            assertThat(open.read(0, SIZE)).isEqualTo(ON_DISK);
        }
        assertThat(fixture.files.statistics().reads().hitBytes()).isEqualTo(SIZE);
    }

    @Test
    void smallRead_isCopied() throws Exception {
        try (Client.Open open = fixture.client.open("f")) {
            assertThat(open.read(0, 4096)).isEqualTo(Fixture.bytes(4096, 1));
        }
    }

    /** Lends what is on the disk, and counts. */
    private boolean lend(ByteRange range, Borrower borrower) {
        held.incrementAndGet();
        ByteBuffer mapped = ByteBuffer.allocateDirect(SIZE).put(ON_DISK);
        boolean isUsed = borrower.use(MemoryIO.getInstance().getDirectBufferAddress(mapped) + range.start());
        held.decrementAndGet();
        lent.incrementAndGet();
        Reference.reachabilityFence(mapped);
        return isUsed;
    }

    /** What a thread that may be held up, if {@code isReplaced}, reads. */
    private byte[] read(boolean isReplaced, int offset, int length) throws Exception {
        CompletableFuture<byte[]> bytes = new CompletableFuture<>();
        Runnable read = () -> {
            try (Client.Open open = fixture.client.open("f")) {
                bytes.complete(open.read(offset, length));
            } catch (Exception e) {
                bytes.completeExceptionally(e);
            }
        };
        Thread thread = !isReplaced
                ? new Thread(read)
                : new ReceivingThread("receiver", 0) {
                    @Override
                    public void run() {
                        read.run();
                    }

                    @Override
                    public boolean mayWait() {
                        return false;
                    }
                };
        thread.start();
        return bytes.get(20, TimeUnit.SECONDS);
    }

    @Test
    void smallRead_isLent_whereWhoSendsItIsReplacedIfHeldUp() throws Exception {
        fixture.volume.cookies.lends = this::lend;
        assertThat(read(true, 5000, 4096)).isEqualTo(Arrays.copyOfRange(ON_DISK, 5000, 9096));
        assertThat(lent).hasValue(1);
        assertThat(fixture.files.statistics().reads().hitRequests()).isEqualTo(1);
        assertThat(read(false, 5000, 4096)).isEqualTo(Arrays.copyOfRange(CACHED, 5000, 9096));
        assertThat(lent).hasValue(1);
    }

    @Test
    void whatTheDiskCannotReadAsItIsLent_isToldToTheStore() {
        fixture.volume.cookies.lends = this::lend;
        fixture.volume.cookies.holdsReads = true;
        fixture.client.canReadLent = false;
        assertThatThrownBy(() -> read(true, 0, 4096)).hasRootCauseInstanceOf(ErrnoException.class);
        assertThat(fixture.volume.cookies.held).hasSize(1);
    }

    @Test
    void contentThatChangedMeanwhile_isNotLent() throws Exception {
        fixture.volume.cookies.lends = (range, borrower) -> {
            flush();
            return lend(range, borrower);
        };
        assertThat(read(true, 0, 4096)).isEqualTo(Arrays.copyOf(CACHED, 4096));
        assertThat(lent).hasValue(1);
        assertThat(fixture.files.statistics().reads().hitRequests()).isZero();
    }

    @Test
    void placesNotInMemory_areNotWaitedFor() throws Exception {
        fixture.volume.cookies.holds = range -> new Places(range, false);
        try (Client.Open open = fixture.client.open("f")) {
            assertThat(open.read(0, SIZE)).isEqualTo(CACHED);
        }
    }

    @Test
    void placesThatCannotBeRead_areReadOtherwise_andCountedOnce() throws Exception {
        data.close();
        try (Client.Open open = fixture.client.open("f")) {
            assertThat(open.read(0, SIZE)).isEqualTo(CACHED);
        }
        assertThat(fixture.files.statistics().reads().hitBytes()).isEqualTo(SIZE);
        assertThat(fixture.files.statistics().reads().hitRequests()).isEqualTo(1);
    }

    @Test
    void contentThatChangedMeanwhile_isNotAnsweredFromOldPlaces() throws Exception {
        try (Client.Open open = fixture.client.open("f")) {
            fixture.volume.cookies.holds = range -> {
                fixture.volume.cookies.holds = r -> null;
                flush();
                return new Places(range, true);
            };
            assertThat(open.read(0, SIZE)).isEqualTo(CACHED);
        }
    }

    private void flush() {
        try {
            fixture.volume.flushAll();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
