package org.netcachefs.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code ./check --update-docs} sets the property that writes them anew. */
class ConfigurationDocTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void configurationDoc_isWhatTheTableSays() throws IOException {
        assertMadeOf(DOCS.resolve("CONFIGURATION.md"), ConfigurationDoc.markdown());
    }

    @Test
    void manPage_isWhatTheTableSays() throws IOException {
        assertMadeOf(DOCS.resolve("man/netcachefs.1"), ManPage.roff());
    }

    private static void assertMadeOf(Path file, String text) throws IOException {
        if (Boolean.getBoolean("netcachefs.docs.update")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        }
        assertThat(Files.readString(file))
                .as(file + "; './check --update-docs' writes it anew")
                .isEqualTo(text);
    }
}
