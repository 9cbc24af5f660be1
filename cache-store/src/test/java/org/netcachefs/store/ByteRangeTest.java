package org.netcachefs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ByteRangeTest {
    @Provide
    Arbitrary<ByteRange> ranges() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 40), Arbitraries.longs().between(0, 40))
                .as(ByteRange::new);
    }

    @Provide
    Arbitrary<Long> positions() {
        return Arbitraries.longs().between(0, 90);
    }

    private static boolean has(ByteRange range, long position) {
        return position >= range.start() && position < range.start() + range.length();
    }

    @Property
    void from_keepsWhatLiesAtOrPast(@ForAll("ranges") ByteRange range, @ForAll("positions") long cut) {
        for (long p = 0; p < 100; p++) {
            assertThat(has(range.from(cut), p)).isEqualTo(has(range, p) && p >= cut);
        }
    }

    @Property
    void until_keepsWhatLiesBelow(@ForAll("ranges") ByteRange range, @ForAll("positions") long cut) {
        for (long p = 0; p < 100; p++) {
            assertThat(has(range.until(cut), p)).isEqualTo(has(range, p) && p < cut);
        }
    }

    @Property
    void first_keepsThatMany(@ForAll("ranges") ByteRange range, @ForAll("positions") long bytes) {
        assertThat(range.first(bytes).start()).isEqualTo(range.start());
        assertThat(range.first(bytes).length()).isEqualTo(Math.min(bytes, range.length()));
    }

    @Property
    void fromAndUntil_partTheRange(@ForAll("ranges") ByteRange range, @ForAll("positions") long cut) {
        assertThat(range.until(cut).length() + range.from(cut).length()).isEqualTo(range.length());
    }

    @Property
    void between_endsWhereAsked(@ForAll("positions") long start, @ForAll("positions") long end) {
        assertThat(ByteRange.between(start, end).start()).isEqualTo(start);
        assertThat(ByteRange.between(start, end).end()).isEqualTo(Math.max(start, end));
    }

    @Property
    void contains_isAboutBytes(@ForAll("ranges") ByteRange outer, @ForAll("ranges") ByteRange inner) {
        boolean all = true;
        for (long p = inner.start(); p < inner.end(); p++) {
            all &= has(outer, p);
        }
        if (!inner.isEmpty()) {
            assertThat(outer.contains(inner)).isEqualTo(all);
        }
    }

    @Property
    void overlaps_isAboutBytesAndSymmetric(@ForAll("ranges") ByteRange a, @ForAll("ranges") ByteRange b) {
        boolean any = false;
        for (long p = a.start(); p < a.end(); p++) {
            any |= has(b, p);
        }
        if (!a.isEmpty() && !b.isEmpty()) {
            assertThat(a.overlaps(b)).isEqualTo(any);
        }
        assertThat(a.overlaps(b)).isEqualTo(b.overlaps(a));
    }

    @Example
    void negativeAndOverflowing_areRefused() {
        assertThatThrownBy(() -> new ByteRange(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ByteRange(1, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ByteRange(Long.MAX_VALUE, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new ByteRange(Long.MAX_VALUE, 0).end()).isEqualTo(Long.MAX_VALUE);
    }
}
