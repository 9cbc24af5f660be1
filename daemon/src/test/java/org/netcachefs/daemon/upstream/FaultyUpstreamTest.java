package org.netcachefs.daemon.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;

/** The switches do what tests rely on. */
@Timeout(60)
class FaultyUpstreamTest {
    private final AtomicLong now = new AtomicLong(1_000_000_000_123L);
    private final MemoryUpstream memory = new MemoryUpstream(new UpstreamClock(now::get));
    private final FaultyUpstream tree = new FaultyUpstream(memory);
    private PathHandle file;
    private DataHandle data;

    @BeforeEach
    void opensAFile() throws ErrnoException {
        memory.side().file("file", "0123456789".getBytes());
        file = tree.open(tree.root(), FileName.of("file"));
        data = tree.openData(file);
    }

    @Test
    void fail_failsTheNthCallOnly() throws ErrnoException {
        tree.faults().fail(Operation.READ, 2, Errno.EIO);
        assertThat(read()).isEqualTo("0123456789");
        assertThat(catchThrowableOfType(ErrnoException.class, this::read).errno())
                .isEqualTo(Errno.EIO);
        assertThat(read()).isEqualTo("0123456789");
        assertThat(tree.faults().count(Operation.READ)).isEqualTo(3);
        assertThat(tree.faults().bytesRead()).isEqualTo(20);
    }

    @Test
    void shortReads_bringLess() throws ErrnoException {
        tree.faults().shortReads(3);
        assertThat(read()).isEqualTo("012");
        tree.faults().heal();
        assertThat(read()).isEqualTo("0123456789");
    }

    @Test
    void hang_keepsCallsUntilReleased() {
        tree.faults().hang(Operation.READ);
        CompletableFuture<String> reader = CompletableFuture.supplyAsync(() -> {
            try {
                return read();
            } catch (ErrnoException e) {
                return e.toString();
            }
        });
        await().until(() -> tree.faults().hung() == 1);
        assertThat(reader).isNotDone();
        tree.faults().release();
        assertThat(reader.join()).isEqualTo("0123456789");
        assertThat(tree.faults().hung()).isZero();
    }

    @Test
    void beforeAndAfter_changeUpstreamRoundACall() throws ErrnoException {
        tree.faults().before(Operation.READ, () -> memory.side().file("file", "before".getBytes()));
        tree.faults().after(Operation.READ, () -> memory.side().file("file", "after".getBytes()));
        assertThat(read()).isEqualTo("before");
        assertThat(read()).isEqualTo("after");
    }

    @Test
    void staleAttributes_stayUntilForced() throws ErrnoException {
        memory.staleAttributes(true);
        assertThat(tree.status(file, false).attributes().size()).isEqualTo(10);
        memory.side().truncate("file", 3);
        assertThat(tree.status(file, false).attributes().size()).isEqualTo(10);
        assertThat(tree.status(file, true).attributes().size()).isEqualTo(3);
        assertThat(tree.status(file, false).attributes().size()).isEqualTo(3);
    }

    @Test
    void stalePages_stayUntilDropped() throws ErrnoException {
        memory.stalePages(true);
        assertThat(read()).isEqualTo("0123456789");
        memory.side().write("file", 0, "abc".getBytes());
        assertThat(read()).isEqualTo("0123456789");
        tree.dropPages(data, 0, 10);
        assertThat(read()).isEqualTo("abc3456789");
    }

    @Test
    void aCoarseAndSkewedClock_showsInTimestamps() throws ErrnoException {
        memory.clock().tick(Duration.ofSeconds(2)).skew(Duration.ofSeconds(30));
        memory.side().write("file", 0, "a".getBytes());
        long first = tree.status(file, true).coherency().modifiedNanos();
        assertThat(first).isEqualTo(1_030_000_000_000L);
        now.addAndGet(1_000_000_000L);
        memory.side().write("file", 0, "b".getBytes());
        assertThat(tree.status(file, true).coherency().modifiedNanos()).isEqualTo(first);
        now.addAndGet(1_000_000_000L);
        memory.side().write("file", 0, "c".getBytes());
        assertThat(tree.status(file, true).coherency().modifiedNanos()).isEqualTo(first + 2_000_000_000L);
    }

    @Test
    void computedContent_mayBeLargerThanMemory() throws ErrnoException {
        memory.side().file("huge", Content.of(1L << 42, at -> at >> 32));
        try (PathHandle huge = tree.open(tree.root(), FileName.of("huge"));
                DataHandle open = tree.openData(huge)) {
            ByteBuffer to = ByteBuffer.allocate(2);
            tree.read(open, (7L << 32) - 1, to);
            assertThat(to.array()).containsExactly(6, 7);
        }
    }

    private String read() throws ErrnoException {
        ByteBuffer to = ByteBuffer.allocate(20);
        tree.read(data, 0, to);
        return new String(to.array(), 0, to.position());
    }
}
