package org.netcachefs.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A shell loop that measures something over and over and writes one number a line. */
public final class Sampler implements AutoCloseable {
    private final Process process;
    private final Path out;

    private Sampler(Process process, Path out) {
        this.process = process;
        this.out = out;
    }

    /** Bytes on disk of a folder, each 100 ms. */
    public static Sampler diskUse(Scratch scratch, Path folder) throws IOException {
        return start(scratch, "while :; do du -sB1 \"$1\" 2>/dev/null | cut -f1; sleep 0.1; done", folder.toString());
    }

    /** VmRSS less RssFile of a process in bytes, each second. */
    public static Sampler memory(Scratch scratch, long pid) throws IOException {
        String script = "while :; do awk '/^VmRSS:/{r=$2} /^RssFile:/{f=$2} END{printf \"%d\\n\", (r-f)*1024}'"
                + " /proc/$1/status; sleep 1; done";
        return start(scratch, script, Long.toString(pid));
    }

    private static Sampler start(Scratch scratch, String script, String argument) throws IOException {
        Path out = Files.createTempFile(scratch.directory(), "samples", ".txt");
        Process process = new ProcessBuilder("sh", "-c", script, "sh", argument)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return scratch.closing(new Sampler(process, out));
    }

    public List<Long> samples() {
        try {
            List<Long> samples = new ArrayList<>();
            for (String line : Files.readAllLines(out)) {
                if (!line.isBlank()) {
                    samples.add(Long.parseLong(line.strip()));
                }
            }
            return samples;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long peak() {
        return samples().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
