package org.netcachefs.daemon.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.store.VolumeKey;

class VolumeKeysTest {
    @Test
    void of_aDirectory_namesItsFileSystemAndThePathWithin(@TempDir Path directory) throws IOException, ErrnoException {
        Path real = Files.createDirectory(directory.toRealPath().resolve("the volume"));
        VolumeKey key = VolumeKeys.of(real);
        VolumeKey below = VolumeKeys.of(Files.createDirectory(real.resolve("below")));
        VolumeKey link = VolumeKeys.of(Files.createSymbolicLink(directory.resolve("link"), real));
        assertThat(key.type()).isNotEmpty();
        assertThat(key.source()).isNotEmpty();
        assertThat(key.root()).endsWith("/the volume");
        assertThat(below.root()).isEqualTo(key.root() + "/below");
        assertThat(link).isEqualTo(key);
    }

    @Test
    void of_aMountsRoot_isItsRoot() throws ErrnoException {
        VolumeKey proc = VolumeKeys.of(Path.of("/proc"));
        assertThat(proc.type()).isEqualTo("proc");
        assertThat(proc.root()).isEqualTo("/");
        assertThat(proc.uuid()).isEmpty();
    }

    @Test
    void of_nothing_isEnoent(@TempDir Path directory) {
        ErrnoException failure =
                catchThrowableOfType(ErrnoException.class, () -> VolumeKeys.of(directory.resolve("missing")));
        assertThat(failure.errno()).isEqualTo(Errno.ENOENT);
    }

    @Test
    void volumeName_isReadable_andADirectoryName() {
        String name = VolumeKeys.volumeName(new VolumeKey("nfs4", "server:/export", "/home", ""));
        assertThat(name).matches("nfs4-server-export-home-[0-9a-f]{8}");
    }

    @Test
    void volumeName_ofHostileOrLongKeys_staysADirectoryName() {
        for (String text : new String[] {"", "/", "..", "-rf", "\n\0", "ü".repeat(300), "/a".repeat(300)}) {
            String name = VolumeKeys.volumeName(new VolumeKey(text, text, text, text));
            assertThat(name)
                    .matches("[A-Za-z0-9._-]{8,100}")
                    .doesNotStartWith(".")
                    .doesNotStartWith("-");
        }
    }

    @Test
    void volumeName_differs_whereKeysDiffer() {
        VolumeKey key = new VolumeKey("nfs", "server:/a", "/b", "");
        assertThat(VolumeKeys.volumeName(key))
                .isEqualTo(VolumeKeys.volumeName(new VolumeKey("nfs", "server:/a", "/b", "")))
                .isNotEqualTo(VolumeKeys.volumeName(new VolumeKey("nfs", "server:/a/b", "/", "")))
                .isNotEqualTo(VolumeKeys.volumeName(new VolumeKey("nfs", "server:-a", "/b", "")))
                .isNotEqualTo(VolumeKeys.volumeName(new VolumeKey("nfs", "server:/a", "/b", "uuid")));
    }
}
