package org.netcachefs.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;

/** Limits in seconds, for a machine that is free to meet them: on one that is busy or slow they stretch as its start of a JVM does. */
public final class Pace {
    /** What {@code --version} takes on two idle cores, generously. */
    private static final Duration QUIET = Duration.ofMillis(400);

    private Pace() {}

    /** Fails if it took longer than {@code limit}, stretched by how slow the machine is just now. */
    public static void assertWithin(String what, Duration took, Duration limit) {
        Duration allowed = took.compareTo(limit) < 0 ? limit : stretched(limit);
        if (took.compareTo(limit) >= 0) {
            Figures.note(
                    what + ": took " + took.toMillis() + " ms; the machine is slow, allowed are " + allowed.toMillis());
        }
        assertThat(took).as(what).isLessThan(allowed);
    }

    private static Duration stretched(Duration limit) {
        double slowness = 1;
        for (int i = 0; i < 3; i++) {
            Duration start = Product.run(Path.of("/tmp"), "--version").expect(0).took();
            slowness = Math.max(slowness, (double) start.toNanos() / QUIET.toNanos());
        }
        return Duration.ofNanos((long) (limit.toNanos() * slowness));
    }
}
