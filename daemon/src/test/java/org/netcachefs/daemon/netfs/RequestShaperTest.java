package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Extent;

class RequestShaperTest {
    private static final BlockGeometry GEOMETRY = new BlockGeometry(256 << 10);
    private static final int SECTOR = GEOMETRY.sectorBytes();
    private static final int SECTORS = 6 * BlockGeometry.SECTORS;

    private final RequestShaper shaper = new RequestShaper(GEOMETRY);

    /** Presence by sector, in runs. */
    private static final class Presence {
        private final BitSet sectors = new BitSet(SECTORS);

        Presence(long seed) {
            Random random = new Random(seed);
            boolean present = random.nextBoolean();
            for (int at = 0; at < SECTORS; present = !present) {
                int run = 1 + random.nextInt(random.nextBoolean() ? 4 : 150);
                sectors.set(at, Math.min(SECTORS, at + run), present);
                at += run;
            }
        }

        boolean has(long offset) {
            return sectors.get((int) (offset / SECTOR));
        }

        Extent next(ByteRange rest) {
            boolean cached = has(rest.start());
            int sector = (int) (rest.start() / SECTOR);
            int end = cached ? sectors.nextClearBit(sector) : sectors.nextSetBit(sector);
            long limit = end < 0 ? Long.MAX_VALUE : (long) end * SECTOR;
            return new Extent(rest.until(Math.max(rest.start() + 1, Math.min(rest.end(), limit))), cached);
        }
    }

    @Property
    void parts_tileTheRequest_splitOnlyAtTheMaximum_cacheInsidePresence(
            @ForAll long seed,
            @ForAll @LongRange(max = 4L * (256 << 10)) long start,
            @ForAll @IntRange(min = 1, max = 1 << 19) int length) {
        Presence presence = new Presence(seed);
        ByteRange wanted = new ByteRange(start, length);
        List<Subrequest> parts = shaper.shape(wanted, presence::next);

        long at = start;
        Subrequest before = null;
        for (Subrequest part : parts) {
            assertThat(part.range().start()).isEqualTo(at);
            assertThat(part.range().isEmpty()).isFalse();
            at = part.range().end();
            for (long byteAt = part.range().start(); byteAt < at; byteAt += SECTOR) {
                assertThat(presence.has(byteAt)).isEqualTo(part.source() == Source.CACHE);
            }
            assertThat(presence.has(at - 1)).isEqualTo(part.source() == Source.CACHE);
            if (part.source() == Source.UPSTREAM) {
                assertThat(GEOMETRY.blockOf(part.range().start())).isEqualTo(GEOMETRY.blockOf(at - 1));
            }
            if (before != null && before.source() == part.source()) {
                assertThat(part.source()).isEqualTo(Source.UPSTREAM);
                assertThat(part.range().start() % GEOMETRY.blockBytes()).isZero();
            }
            before = part;
        }
        assertThat(at).isEqualTo(wanted.end());
    }

    @Property
    void fetch_coversItsPart_inWholeSectorsOfOneBlock_upToTheEndOfFile(
            @ForAll @LongRange(max = 3L * (256 << 10)) long start,
            @ForAll @IntRange(min = 1, max = 256 << 10) int length,
            @ForAll @IntRange(max = 1 << 20) int beyond,
            @ForAll boolean sequential) {
        ByteRange part =
                shaper.shapeUncached(new ByteRange(start, length)).get(0).range();
        long size = part.end() + beyond;
        ByteRange hole = ByteRange.between(part.start(), Math.min(size, part.end() + beyond / 2));
        ByteRange fetch = shaper.fetchFor(part, hole, sequential, size);

        assertThat(fetch.contains(part)).isTrue();
        assertThat(fetch.start() % SECTOR).isZero();
        assertThat(fetch.end() % SECTOR == 0 || fetch.end() == size).isTrue();
        assertThat(GEOMETRY.blockOf(fetch.start())).isEqualTo(GEOMETRY.blockOf(fetch.end() - 1));
        if (!sequential) {
            assertThat(fetch.length())
                    .isLessThanOrEqualTo(GEOMETRY.sectorsAround(part).length());
        }
    }
}
