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
import org.netcachefs.fuse.MountRequest;
import org.netcachefs.store.BlockGeometry;

class ComponentConfigsTest {
    @TempDir
    Path given;

    /** In KiB; 128 is the kernel's own. */
    @ParameterizedTest
    @CsvSource({"4M, 512", "16M, 512", "512K, 512", "256K, 256", "0, 128"})
    void kernelReadsAhead_asFarAsWeDo_within512KiB(String readahead, int kibibytes) throws Exception {
        assertThat(request("readahead=" + readahead).readahead()).isEqualTo(kibibytes << 10);
    }

    private MountRequest request(String list) throws Exception {
        Path base = given.toRealPath();
        OptionValues options = new OptionValues();
        options.setList("size=1G,cache=" + base.resolve("cache") + "," + list);
        Surroundings root = new Surroundings(0, base.resolve("home"), Path.of("/tmp"), Map.of());
        MountPlan plan = new MountPlanner(root, options)
                .plan(
                        Files.createDirectories(base.resolve("upstream")).toString(),
                        Files.createDirectories(base.resolve("mnt")).toString());
        return ComponentConfigs.mount(plan, ComponentConfigs.netfs(options));
    }

    @Test
    void allowOther_hasTheKernelCheckModes() throws Exception {
        assertThat(request("allow_other").options()).contains("allow_other", "default_permissions");
        assertThat(request("default_permissions").options())
                .contains("default_permissions")
                .doesNotContain("allow_other");
        assertThat(request("noexec").options()).doesNotContain("allow_other", "default_permissions");
    }

    @Test
    void eachBlockOfTheReadaheadWindow_hasAPlaceUpstream() {
        int blocks = NetfsConfig.DEFAULT.readahead() / BlockGeometry.DEFAULT_BLOCK_BYTES;
        assertThat(UpstreamConfig.Places.DEFAULT.readahead()).isGreaterThanOrEqualTo(blocks);
    }
}
