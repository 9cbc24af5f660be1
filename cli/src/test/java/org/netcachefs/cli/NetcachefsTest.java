package org.netcachefs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.netcachefs.daemon.config.MountOption;
import org.netcachefs.daemon.config.MountOptions;
import org.netcachefs.daemon.config.Surroundings;

class NetcachefsTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        Surroundings user =
                new Surroundings(1000, directory, directory, Map.of("XDG_RUNTIME_DIR", directory.toString()));
        return new Netcachefs(new Output(new PrintWriter(out), new PrintWriter(err)), user).run(arguments);
    }

    private void assertOneLine(String... parts) {
        assertThat(err.toString())
                .startsWith("netcachefs: ")
                .contains(parts)
                .endsWith("\n")
                .containsOnlyOnce("\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void help_listsTheCommands() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("mount", "umount", "list", "stat", "flush", "log", "completion");
    }

    @Test
    void mountHelp_listsEveryOptionOfTheTable() {
        assertThat(run("mount", "--help")).isZero();
        for (MountOption<?> option : MountOptions.ALL) {
            assertThat(out.toString()).contains("--" + option.name());
        }
        assertThat(out.toString())
                .contains("${XDG_CACHE_HOME:-~/.cache}", "2 % of")
                .doesNotContain("%%");
    }

    @Test
    void version_isTheOneBuilt() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("netcachefs \\d+\\.\\d+\\.\\d+\\S*\\R");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "none, no command given",
                "remount, unknown command 'remount'",
                "help, unknown command 'help'",
                "stat --watch=-1, --watch must be",
                "stat --watch=abc, --watch must be",
                "stat --watch 0.5, --watch must be",
                "stat --watch 0, --watch must be",
                "stat --watch=soon /a, --watch must be",
                "mount, missing required parameters",
                "mount /a, missing required parameter",
                "mount /a /b /c, unexpected argument '/c'",
                "mount --sizes=3 /a /b, unknown option '--sizes",
                "mount --size, --size",
                "mount --size= /a /b, --size must be",
                "mount --size=much /a /b, --size must be",
                "mount -o sise=1G /a /b, unknown option 'sise'",
                "mount --acregmin=90 /a /b, --acregmin must not be above --acregmax",
                "flush, needs a PATH",
                "log loud, LEVEL must be",
                "completion fish, SHELL must be bash",
                "umount, missing required parameter"
            })
    void badUsage_isOneLineAndExit1(String line, String part) {
        assertThat(run(line == null ? new String[0] : line.split(" "))).isEqualTo(1);
        assertOneLine(part);
    }

    @Test
    void mount_configFileMissing_isExit1() {
        assertThat(run("mount", "--config", directory.resolve("none").toString(), "/a", "/b"))
                .isEqualTo(1);
        assertOneLine("--config", "no such file");
    }

    @Test
    void mount_upstreamMissing_isExit10() {
        Path missing = directory.resolve("missing");
        assertThat(run("mount", "--size", "1G", missing.toString(), directory.toString()))
                .isEqualTo(10);
        assertOneLine(missing.toString(), "no such file or directory");
    }

    @Test
    void mount_flagBeforeThePaths_takesNoneOfThem() throws IOException {
        Path upstream = Files.createDirectories(directory.resolve("a"));
        assertThat(run(
                        "mount",
                        "--noexec",
                        upstream.toString(),
                        directory.resolve("none").toString()))
                .isEqualTo(11);
        assertOneLine("mount point", "no such file or directory");
    }

    @Test
    void mount_sizeMissing_isExit1() throws IOException {
        Path upstream = Files.createDirectories(directory.resolve("a"));
        Path mountPoint = Files.createDirectories(directory.resolve("b"));
        assertThat(run("mount", upstream.toString(), mountPoint.toString())).isEqualTo(1);
        assertOneLine("--size is needed");
    }

    @ParameterizedTest
    @CsvSource({"stat", "flush", "umount", "log info"})
    void adminCommand_pathOutsideOfAnyMount_isExit30(String command) {
        String[] words = (command + " " + directory).split(" ");
        assertThat(run(words)).isEqualTo(30);
        assertOneLine(directory.toString(), "not in a netcachefs mount");
    }

    @Test
    void completion_isAScriptThatKnowsCommandsAndOptions() {
        assertThat(run("completion", "bash")).isZero();
        assertThat(out.toString()).contains("complete -F", "umount", "--require-cache");
    }
}
