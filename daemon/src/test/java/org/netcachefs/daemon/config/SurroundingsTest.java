package org.netcachefs.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SurroundingsTest {
    private static Surroundings user(Map<String, String> environment) {
        return new Surroundings(1000, Path.of("/home/u"), Path.of("/tmp"), environment);
    }

    @Test
    void places_ofRoot() {
        Surroundings root = new Surroundings(0, Path.of("/root"), Path.of("/tmp"), Map.of("XDG_CACHE_HOME", "/x"));
        assertThat(root.cacheDirectory("v")).isEqualTo(Path.of("/var/cache/netcachefs/v"));
        assertThat(root.runtimeDirectory()).isEqualTo(Path.of("/run/netcachefs"));
        assertThat(root.logDirectory()).isEqualTo(Path.of("/var/log/netcachefs"));
    }

    @Test
    void places_ofUserFollowTheEnvironment() {
        Surroundings user = user(Map.of("XDG_CACHE_HOME", "/c", "XDG_RUNTIME_DIR", "/r", "XDG_STATE_HOME", "/s"));
        assertThat(user.cacheDirectory("v")).isEqualTo(Path.of("/c/netcachefs/v"));
        assertThat(user.runtimeDirectory()).isEqualTo(Path.of("/r/netcachefs"));
        assertThat(user.logDirectory()).isEqualTo(Path.of("/s/netcachefs"));
        assertThat(user.runtimeDirectories()).containsExactly(Path.of("/r/netcachefs"), Path.of("/run/netcachefs"));
    }

    @Test
    void places_ofUserWithoutEnvironment() {
        Surroundings user = user(Map.of("XDG_CACHE_HOME", "relative"));
        assertThat(user.cacheDirectory("v")).isEqualTo(Path.of("/home/u/.cache/netcachefs/v"));
        assertThat(user.runtimeDirectory()).isEqualTo(Path.of("/tmp/netcachefs-1000"));
        assertThat(user.logDirectory()).isEqualTo(Path.of("/home/u/.local/state/netcachefs"));
    }
}
