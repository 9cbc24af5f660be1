package org.netcachefs.daemon.upstream.internal;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import org.netcachefs.fuse.ErrnoException;

/** Opens directories by path, whatever the locale's encoding. */
final class Paths {
    private Paths() {}

    /** An O_PATH descriptor of the directory {@code path} leads to: ENOENT, ENOTDIR, EACCES and the like if there is none. */
    static int openDirectory(Path path) throws ErrnoException {
        Scratch scratch = new Scratch(0);
        int flags = Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC;
        int number = Libc.open(Libc.AT_FDCWD, scratch.name(bytes(path)), flags);
        if (number < 0) {
            throw Libc.failure(path.toString());
        }
        return number;
    }

    /** The bytes of the absolute path: its URI holds them escaped, where its text may have lost them. */
    private static byte[] bytes(Path path) {
        String escaped = path.toAbsolutePath().toUri().getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < escaped.length(); i++) {
            if (escaped.charAt(i) == '%') {
                bytes.write(Integer.parseInt(escaped.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.write(escaped.charAt(i));
            }
        }
        return bytes.toByteArray();
    }
}
