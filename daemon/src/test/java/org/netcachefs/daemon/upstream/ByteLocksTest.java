package org.netcachefs.daemon.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.LockRequest.Kind;

class ByteLocksTest {
    private static final int BYTES = 24;
    private static final long LAST = Long.MAX_VALUE - BYTES + 1;

    @Test
    void locks_areAsIfKeptByteForByte() {
        for (long base : new long[] {0, LAST}) {
            Random random = new Random(5);
            for (int round = 0; round < 300; round++) {
                ByteLocks locks = ByteLocks.NONE;
                Kind[] model = new Kind[BYTES];
                Arrays.fill(model, Kind.UNLOCK);
                for (int step = 0; step < 12; step++) {
                    ByteLock lock = any(random, base);
                    locks = locks.with(lock);
                    apply(model, lock, base);
                    ByteLock range = any(random, base);
                    assertThat(conflicts(model, range, base)).isEqualTo(locks.conflict(range) != null);
                    Kind[] restored = new Kind[BYTES];
                    locks.within(range).forEach(piece -> apply(restored, piece, base));
                    int from = (int) (range.start() - base);
                    int to = (int) (range.endInclusive() - base);
                    for (int i = 0; i < BYTES; i++) {
                        assertThat(restored[i]).isEqualTo(i < from || i > to ? null : model[i]);
                    }
                }
                boolean none = Arrays.stream(model).allMatch(kind -> kind == Kind.UNLOCK);
                assertThat(locks.isEmpty()).isEqualTo(none);
            }
        }
    }

    private static ByteLock any(Random random, long base) {
        int start = random.nextInt(BYTES);
        int end = start + random.nextInt(BYTES - start);
        return new ByteLock(Kind.values()[random.nextInt(3)], base + start, base + end);
    }

    private static void apply(Kind[] model, ByteLock lock, long base) {
        Arrays.fill(model, (int) (lock.start() - base), (int) (lock.endInclusive() - base) + 1, lock.kind());
    }

    private static boolean conflicts(Kind[] model, ByteLock wanted, long base) {
        for (int i = (int) (wanted.start() - base); i <= wanted.endInclusive() - base; i++) {
            if (new ByteLock(model[i], 0, 0).conflicts(new ByteLock(wanted.kind(), 0, 0))) {
                return true;
            }
        }
        return false;
    }
}
