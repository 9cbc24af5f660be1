package org.netcachefs.it.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program in Perl: the system calls Java does not make, by processes of their own. It is talked to line by line. Used by one thread. */
public final class Perl implements AutoCloseable {
    private static final long SECONDS = 120;

    private final Process process;
    private final BufferedReader out;

    private Perl(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Runs {@code script}, whose {@code @ARGV} are the arguments. */
    public static Perl start(Scratch scratch, String script, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("perl", "-e", "$| = 1;" + script));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return scratch.closing(
                new Perl(new ProcessBuilder(command).redirectErrorStream(true).start()));
    }

    public long pid() {
        return process.pid();
    }

    /** The next line it prints; null at its end. */
    public String line() throws Exception {
        return CompletableFuture.supplyAsync(this::read).get(SECONDS, TimeUnit.SECONDS);
    }

    private String read() {
        try {
            return out.readLine();
        } catch (IOException e) {
            return "cannot be read: " + e;
        }
    }

    /** Lets it go on from where it reads a line. */
    public Perl goOn() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        return this;
    }

    /** All it still prints, until it ends. */
    public String rest() throws Exception {
        StringBuilder all = new StringBuilder();
        for (String line = line(); line != null; line = line()) {
            all.append(line).append('\n');
        }
        return all.toString();
    }

    @Override
    public void close() throws Exception {
        process.destroyForcibly().waitFor();
    }
}
