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

class BlockGeometryTest {
    @Provide
    Arbitrary<BlockGeometry> geometries() {
        return Arbitraries.of(256 << 10, 512 << 10, 1 << 20, 2 << 20).map(BlockGeometry::new);
    }

    @Provide
    Arbitrary<Long> offsets() {
        return Arbitraries.longs().between(0, 1L << 45);
    }

    @Provide
    Arbitrary<ByteRange> ranges() {
        return Combinators.combine(offsets(), Arbitraries.longs().between(0, 8 << 20))
                .as(ByteRange::new);
    }

    @Property
    void offset_liesInItsBlockAndSector(@ForAll("geometries") BlockGeometry geometry, @ForAll("offsets") long offset) {
        ByteRange block = geometry.blockRange(geometry.blockOf(offset));
        assertThat(block.contains(new ByteRange(offset, 1))).isTrue();
        assertThat(block.length()).isEqualTo(geometry.blockBytes());
        long sectorStart = block.start() + (long) geometry.sectorOf(offset) * geometry.sectorBytes();
        assertThat(offset).isBetween(sectorStart, sectorStart + geometry.sectorBytes() - 1);
        assertThat(geometry.sectorOf(offset)).isBetween(0, 63);
    }

    @Property
    void around_isAlignedAndSmallest(@ForAll("geometries") BlockGeometry geometry, @ForAll("ranges") ByteRange range) {
        assertAround(geometry.sectorsAround(range), range, geometry.sectorBytes());
        assertAround(geometry.blocksAround(range), range, geometry.blockBytes());
    }

    private static void assertAround(ByteRange around, ByteRange range, int unit) {
        assertThat(around.contains(range)).isTrue();
        assertThat(around.start() % unit).isZero();
        assertThat(around.end() % unit).isZero();
        assertThat(range.start() - around.start()).isLessThan(unit);
        assertThat(around.end() - range.end()).isLessThan(unit);
    }

    @Property
    void sectorMask_hasABitForEachSectorTouched(
            @ForAll("geometries") BlockGeometry geometry, @ForAll("ranges") ByteRange range) {
        long first = Math.max(0, geometry.blockOf(range.start()) - 1);
        for (long block = first; block <= geometry.blockOf(range.end()) + 1; block++) {
            long expected = 0;
            for (int sector = 0; sector < BlockGeometry.SECTORS; sector++) {
                long start = geometry.blockStart(block) + (long) sector * geometry.sectorBytes();
                boolean touched =
                        !range.isEmpty() && range.start() < start + geometry.sectorBytes() && start < range.end();
                expected |= touched ? 1L << sector : 0;
            }
            assertThat(geometry.sectorMask(block, range)).isEqualTo(expected);
        }
    }

    @Property
    void sectorMask_ofBits(@ForAll("sectors") int a, @ForAll("sectors") int b) {
        int first = Math.min(a, b);
        int last = Math.max(a, b);
        long mask = BlockGeometry.sectorMask(first, last);
        for (int sector = 0; sector < BlockGeometry.SECTORS; sector++) {
            assertThat((mask >>> sector & 1) != 0).isEqualTo(sector >= first && sector <= last);
        }
    }

    @Provide
    Arbitrary<Integer> sectors() {
        return Arbitraries.integers().between(0, 63);
    }

    @Property
    void sectorsFor_isEnoughAndNotMore(@ForAll("geometries") BlockGeometry geometry, @ForAll("offsets") long bytes) {
        long room = geometry.sectorsFor(bytes) * geometry.sectorBytes();
        assertThat(room - bytes).isBetween(0L, geometry.sectorBytes() - 1L);
    }

    @Example
    void otherBlockSizes_areRefused() {
        for (int bytes : new int[] {0, 1, 128 << 10, 300 << 10, 4 << 20, -1, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> new BlockGeometry(bytes)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
