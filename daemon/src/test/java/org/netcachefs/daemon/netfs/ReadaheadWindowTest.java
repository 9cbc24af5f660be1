package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.netcachefs.store.ByteRange;

class ReadaheadWindowTest {
    private static final int BLOCK = 256 << 10;
    private static final long CAP = 4 << 20;

    @Property
    void sequentialReader_isAheadByWholeBlocks_onceEach_toTheEndOfTheFile(
            @ForAll @LongRange(min = 1, max = 40L << 20) long size,
            @ForAll @IntRange(min = 4096, max = 1 << 20) int request) {
        ReadaheadWindow window = new ReadaheadWindow(BLOCK, CAP);
        long ahead = 0;
        for (long at = 0; at < size; at += request) {
            int length = (int) Math.min(request, size - at);
            ByteRange range = window.advance(at, length, size);
            assertThat(window.isSequential()).isTrue();
            if (range != null) {
                assertThat(range.start()).isGreaterThanOrEqualTo(ahead).isGreaterThanOrEqualTo(at + length);
                assertThat(range.start() % BLOCK).isZero();
                assertThat(range.end() % BLOCK == 0 || range.end() == size).isTrue();
                assertThat(range.end()).isLessThanOrEqualTo(at + length + CAP + BLOCK);
                ahead = range.end();
            }
        }
        if (size > 2L * BLOCK + 2L * request) {
            assertThat(ahead).isGreaterThanOrEqualTo(size - request);
        }
    }

    @Property
    void randomReader_getsNothing(@ForAll long seed) {
        ReadaheadWindow window = new ReadaheadWindow(BLOCK, CAP);
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            long at = (i * 7919L + 1 + random.nextInt(1000)) % 6000 * (1 << 20);
            assertThat(window.advance(at, 4096, 10L << 30)).isNull();
            assertThat(window.isSequential()).isFalse();
        }
    }

    @Test
    void window_doublesToItsCap() {
        ReadaheadWindow window = new ReadaheadWindow(BLOCK, CAP);
        long most = 0;
        long last = 0;
        for (long at = 0; at < 64L << 20; at += 128 << 10) {
            ByteRange range = window.advance(at, 128 << 10, 1L << 30);
            if (range != null) {
                last = range.end() - (at + (128 << 10));
                assertThat(last).isLessThanOrEqualTo(CAP + BLOCK);
                most = Math.max(most, last);
            }
        }
        assertThat(most).isGreaterThanOrEqualTo(CAP);
    }

    /** Of the most the kernel asks for with libfuse and on the kernel transport. */
    @ParameterizedTest
    @ValueSource(ints = {128 << 10, 512 << 10})
    void requestsOutOfOrder_areStillSequential(int request) {
        ReadaheadWindow window = new ReadaheadWindow(BLOCK, CAP);
        int together = 4;
        for (long at = 0; at < 16L << 20; at += (long) together * request) {
            for (int place = together - 1; place >= 0; place--) {
                window.advance(at + (long) place * request, request, 1L << 30);
                assertThat(window.isSequential())
                        .as("%d of those at %d", place, at)
                        .isTrue();
            }
        }
    }

    @Test
    void withoutACap_nothingIsReadAhead() {
        ReadaheadWindow window = new ReadaheadWindow(BLOCK, 0);
        assertThat(window.advance(0, BLOCK, 1L << 30)).isNull();
        assertThat(window.isSequential()).isTrue();
    }
}
