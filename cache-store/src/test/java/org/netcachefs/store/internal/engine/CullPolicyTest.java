package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.LongPredicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.internal.data.SlotView;

/** The policy's verdicts, and what they make of traces of reads. */
class CullPolicyTest {
    @Property
    void judge_neverTakesFreePinnedOrHeld(
            @ForAll @IntRange(min = 0, max = 64) int sectors,
            @ForAll @IntRange(min = 0, max = 3) int reads,
            @ForAll boolean held,
            @ForAll boolean pinned,
            @ForAll boolean split) {
        CullPolicy.Verdict verdict = CullPolicy.judge(new SlotView(sectors, reads, held, pinned, split));
        if (sectors == 0) {
            assertThat(verdict).isEqualTo(CullPolicy.Verdict.FREE);
        } else if (held || pinned) {
            assertThat(verdict).isEqualTo(CullPolicy.Verdict.SKIP);
        } else {
            assertThat(verdict).isIn(CullPolicy.Verdict.SPARE, CullPolicy.Verdict.CULL);
        }
    }

    @Property
    void judge_takesWhatWasNotReadAndSparingEndsSomeTime(
            @ForAll @IntRange(min = 1, max = 64) int sectors,
            @ForAll @IntRange(min = 0, max = 3) int reads,
            @ForAll boolean split) {
        int passes = 0;
        int left = reads;
        while (CullPolicy.judge(new SlotView(sectors, left, false, false, split)) == CullPolicy.Verdict.SPARE) {
            assertThat(left).isPositive();
            left--;
            passes++;
        }
        assertThat(passes).isLessThanOrEqualTo(reads);
        assertThat(CullPolicy.judge(new SlotView(sectors, 0, false, false, split)))
                .isEqualTo(CullPolicy.Verdict.CULL);
    }

    /** A clock over whole slots, as the culler runs it: 10 % free is made as soon as less than 7 % are. */
    private static final class Trace {
        private final long[] blocks;
        private final int[] reads;
        private int hand;
        private int free;
        private boolean culling;

        Trace(int slots) {
            blocks = new long[slots];
            Arrays.fill(blocks, -1);
            reads = new int[slots];
            free = slots;
        }

        /** Reads a block, once a tick: a hit counts, a miss fills. Whether it was a hit. */
        boolean read(long block) {
            for (int slot = 0; slot < blocks.length; slot++) {
                if (blocks[slot] == block) {
                    reads[slot] = Math.min(3, reads[slot] + 1);
                    return true;
                }
            }
            fill(block);
            return false;
        }

        private void fill(long block) {
            for (int slot = 0; slot < blocks.length; slot++) {
                if (blocks[slot] < 0) {
                    blocks[slot] = block;
                    reads[slot] = 0;
                    free--;
                    break;
                }
            }
            while (free * 100 < blocks.length * 7 || (culling && free * 100 < blocks.length * 10)) {
                culling = true;
                pass();
            }
            culling = false;
        }

        private void pass() {
            switch (CullPolicy.judge(new SlotView(blocks[hand] < 0 ? 0 : 64, reads[hand], false, false, false))) {
                case SPARE -> reads[hand]--;
                case CULL -> {
                    blocks[hand] = -1;
                    free++;
                }
                default -> {}
            }
            hand = (hand + 1) % blocks.length;
        }

        long count(LongPredicate wanted) {
            Set<Long> kept = new HashSet<>();
            for (long block : blocks) {
                if (block >= 0 && wanted.test(block)) {
                    kept.add(block);
                }
            }
            return kept.size();
        }
    }

    private static final int SLOTS = 1000;
    private static final int HOT = 300;

    private static Trace warmed() {
        Trace trace = new Trace(SLOTS);
        for (int round = 0; round < 4; round++) {
            for (long block = 0; block < HOT; block++) {
                trace.read(block);
            }
        }
        return trace;
    }

    @Test
    void oneBigScan_leavesTheHotSet() {
        Trace trace = warmed();
        for (long block = 0; block < 2 * SLOTS; block++) {
            trace.read(1_000_000 + block);
        }
        assertThat(trace.count(block -> block < HOT)).isGreaterThanOrEqualTo(HOT * 95 / 100);
    }

    @Test
    void endlessScans_leaveAHotSetThatIsRead() {
        Trace trace = warmed();
        Random random = new Random(1);
        long hits = 0;
        long hotReads = 0;
        for (long block = 0; block < 30 * SLOTS; block++) {
            trace.read(1_000_000 + block);
            if (block % 2 == 0) {
                hotReads++;
                hits += trace.read(random.nextInt(HOT)) ? 1 : 0;
            }
        }
        assertThat(hits * 100 / hotReads).as("percent of hot reads that hit").isGreaterThanOrEqualTo(90);
    }

    @Test
    void anotherHotSet_takesThePlaceOfTheFirst() {
        Trace trace = warmed();
        for (int round = 0; round < 12; round++) {
            for (long block = 0; block < 850; block++) {
                trace.read(10_000 + block);
            }
        }
        assertThat(trace.count(block -> block >= 10_000)).isGreaterThanOrEqualTo(800);
    }
}
