package org.netcachefs.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What was measured, one line each, in {@code test-integration/target/it-figures.txt}. */
public final class Figures {
    private Figures() {}

    public static synchronized void note(String line) {
        try {
            Path file = Product.root().resolve("test-integration/target/it-figures.txt");
            Files.writeString(file, line.strip() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
