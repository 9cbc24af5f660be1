package org.netcachefs.it.fsx;

import java.util.Random;

/** What a run does next: follows from its seed alone. */
final class Dice {
    private static final int[] EDGES = {1 << 12, 1 << 16, 1 << 17, 1 << 18, 1 << 19};
    private static final int LONGEST_AS_POWER = 19;
    private static final int ALL = weights();

    private final Random random;

    Dice(long seed) {
        random = new Random(seed);
    }

    private static int weights() {
        int sum = 0;
        for (Step.Kind kind : Step.Kind.values()) {
            sum += kind.weight;
        }
        return sum;
    }

    Step.Kind kind() {
        int left = random.nextInt(ALL);
        for (Step.Kind kind : Step.Kind.values()) {
            left -= kind.weight;
            if (left < 0) {
                return kind;
            }
        }
        throw new AssertionError(left);
    }

    boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** From 0 to {@code end}: anywhere, at the end, or next to where a page, a request or a block begins. */
    int offset(int end) {
        int anywhere = random.nextInt(end + 1);
        return switch (random.nextInt(6)) {
            case 0 -> end;
            case 1 -> {
                int edge = EDGES[random.nextInt(EDGES.length)];
                yield Math.max(0, Math.min(end, anywhere / edge * edge + random.nextInt(5) - 2));
            }
            default -> anywhere;
        };
    }

    /** At least 1; each power of two is as likely as the next. */
    int length(int most) {
        return 1 + random.nextInt(Math.min(most, 1 << random.nextInt(LONGEST_AS_POWER + 1)));
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
