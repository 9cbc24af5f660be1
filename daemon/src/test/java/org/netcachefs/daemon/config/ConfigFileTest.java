package org.netcachefs.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    @TempDir
    Path directory;

    private OptionValues read(String text) throws IOException, RefusedException {
        Path file = directory.resolve("netcachefs.conf");
        Files.writeString(file, text);
        return ConfigFile.read(file);
    }

    @Test
    void read_takesLinesFlagsAndComments() throws Exception {
        OptionValues values = read("# a cache\n\n size = 10G \nnoexec\nexclude = *.log:*.tmp\n");
        assertThat(values.find(MountOptions.SIZE)).contains(10L << 30);
        assertThat(values.get(MountOptions.NOEXEC)).isTrue();
        assertThat(values.find(MountOptions.EXCLUDE)).contains("*.log:*.tmp");
    }

    @Test
    void read_badValue_namesFileLineAndOption() {
        assertThatThrownBy(() -> read("size = 10G\ncull = 3\n"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("netcachefs.conf line 2: --cull must be RUN:CULL:STOP");
    }

    @Test
    void read_valueMissing_namesLine() {
        assertThatThrownBy(() -> read("size\n")).hasMessageContaining("line 1: needs a value: size=SIZE");
    }

    @Test
    void read_missingFile_isRefused() {
        assertThatThrownBy(() -> ConfigFile.read(directory.resolve("none")))
                .hasMessage("--config " + directory.resolve("none") + ": no such file");
    }

    @Test
    void read_bytesThatAreNoText_isRefused() throws IOException {
        Path file = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> ConfigFile.read(file)).hasMessageContaining("not UTF-8 text");
    }
}
