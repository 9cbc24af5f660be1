package org.netcachefs.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The daemon's own memory (VmRSS less RssFile), sampled each second over one or more of its lives. Ended with the scratch folder. */
public final class MemoryWatch {
    private static final long MIB = 1 << 20;
    private static final long MOST = 400 * MIB;

    private final Scratch scratch;
    private final List<Sampler> lives = new ArrayList<>();

    private MemoryWatch(Scratch scratch) {
        this.scratch = scratch;
    }

    public static MemoryWatch of(Scratch scratch, MountedDaemon daemon) throws IOException {
        MemoryWatch watch = new MemoryWatch(scratch);
        watch.alsoNow(daemon);
        return watch;
    }

    /** The daemon was started anew: its process is another. */
    public void alsoNow(MountedDaemon daemon) throws IOException {
        lives.add(Sampler.memory(scratch, daemon.pid()));
    }

    /** Its peak is below what is promised; noted as what {@code load} took. */
    public void assertBounded(String load) {
        long peak = lives.stream().mapToLong(Sampler::peak).max().orElseThrow();
        int samples = lives.stream().mapToInt(life -> life.samples().size()).sum();
        Figures.note("memory, " + load + ": peak " + peak / MIB + " MiB in " + samples + " samples");
        assertThat(samples).as("samples").isGreaterThan(lives.size());
        assertThat(peak).as("memory, at its peak").isPositive().isLessThan(MOST);
    }
}
