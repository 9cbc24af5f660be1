package org.netcachefs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SemanticsDocTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|IT|Contract|Conformance))(?:\\.(\\w+))?`");

    @Test
    void everyPromise_namesTestsThatExist() throws IOException {
        List<String> missing = new ArrayList<>();
        int named = 0;
        Matcher tests = TEST.matcher(Files.readString(ROOT.resolve("docs/SEMANTICS.md")));
        while (tests.find()) {
            named++;
            if (!exists(tests.group(1), tests.group(2))) {
                missing.add(tests.group());
            }
        }
        assertThat(missing).as("tests named in docs/SEMANTICS.md that are gone").isEmpty();
        assertThat(named).isGreaterThan(20);
    }

    @Test
    void everyPromise_namesATest() throws IOException {
        String text = Files.readString(ROOT.resolve("docs/SEMANTICS.md"));
        assertThat(text.split("\n- ")).hasSizeGreaterThan(20);
        Stream.of(text.split("\n- "))
                .skip(1)
                .forEach(promise -> assertThat(promise).containsPattern(TEST));
    }

    private static boolean exists(String type, String method) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            List<Path> sources = files.filter(file -> file.endsWith(type + ".java"))
                    .filter(file -> file.toString().contains("src/test/java"))
                    .toList();
            return sources.size() == 1
                    && (method == null || Files.readString(sources.get(0)).contains(" " + method + "("));
        }
    }
}
