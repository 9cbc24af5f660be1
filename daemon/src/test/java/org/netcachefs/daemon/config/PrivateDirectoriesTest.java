package org.netcachefs.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateDirectoriesTest {
    @TempDir
    Path temporary;

    private Surroundings user() {
        return new Surroundings(1000, temporary, temporary, Map.of());
    }

    @Test
    void runtimeDirectory_isForItsUserAlone() throws Exception {
        PrivateDirectories.makeRuntime(user());
        PrivateDirectories.makeRuntime(user());
        assertThat(Files.getPosixFilePermissions(user().runtimeDirectory()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void runtimeDirectory_thatOthersMayWriteTo_isRefused() throws Exception {
        Path directory = Files.createDirectory(user().runtimeDirectory());
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> PrivateDirectories.makeRuntime(user()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("another user");
    }
}
