package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.MountRequest;

class MountFlagsTest {
    private static MountFlags of(int maxRead, String... options) {
        return MountFlags.of(new MountRequest(
                Path.of("/m"), "source", "sub", List.of(options), Duration.ofSeconds(1), maxRead, 0, 0, 0, 1));
    }

    @Test
    void flags_areThoseOfMount_andTheRestIsForFuse() {
        MountFlags flags = of(0, "ro", "allow_other", "noexec", "default_permissions");
        assertThat(flags.flags()).isEqualTo(1 | 2 | 4 | 8);
        assertThat(flags.others()).containsExactly("allow_other", "default_permissions");
    }

    @Test
    void setUserIdProgramsAndDevices_workOnlyIfAskedFor() {
        assertThat(of(0).flags()).isEqualTo(2 | 4);
        assertThat(of(0, "suid", "dev").flags()).isZero();
    }

    @Test
    void largestRead_isToldToFuse() {
        assertThat(of(65536).others()).containsExactly("max_read=65536");
        assertThat(FusermountMount.escape("a,b\\c")).isEqualTo("a\\,b\\\\c");
    }
}
