package org.netcachefs.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.netcachefs.daemon.netfs.NetfsConfig;
import org.netcachefs.daemon.upstream.UpstreamConfig;
import org.netcachefs.store.BlockGeometry;

class ComponentConfigsTest {
    @TempDir
    Path given;

    /** In KiB; requests have 128. */
    @ParameterizedTest
    @CsvSource({"4M, 1024", "16M, 1024", "512K, 512", "0, 128"})
    void kernelReadsAhead_asFarAsWeDo_withinOneMiB(String readahead, int kibibytes) throws Exception {
        Path base = given.toRealPath();
        OptionValues options = new OptionValues();
        options.set("", "size", "1G");
        options.set("", "cache", base.resolve("cache").toString());
        options.set("", "readahead", readahead);
        Surroundings user = new Surroundings(1000, base.resolve("home"), Path.of("/tmp"), Map.of());
        MountPlan plan = new MountPlanner(user, options)
                .plan(
                        Files.createDirectories(base.resolve("upstream")).toString(),
                        Files.createDirectories(base.resolve("mnt")).toString());
        NetfsConfig netfs = ComponentConfigs.netfs(options);
        assertThat(ComponentConfigs.mount(plan, netfs).readahead()).isEqualTo(kibibytes << 10);
    }

    @Test
    void eachBlockOfTheReadaheadWindow_hasAPlaceUpstream() {
        int blocks = NetfsConfig.DEFAULT.readahead() / BlockGeometry.DEFAULT_BLOCK_BYTES;
        assertThat(UpstreamConfig.Places.DEFAULT.readahead()).isGreaterThanOrEqualTo(blocks);
    }
}
