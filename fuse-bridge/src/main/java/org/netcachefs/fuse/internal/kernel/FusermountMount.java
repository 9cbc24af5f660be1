package org.netcachefs.fuse.internal.kernel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.MountException;
import org.netcachefs.fuse.MountException.Reason;
import org.netcachefs.fuse.MountRequest;

/** Mounts through the set-uid program fusermount3, which passes the descriptor back through a socket. */
final class FusermountMount implements Mounter {
    private final Path program;

    FusermountMount(Path program) {
        this.program = program;
    }

    @Override
    public int mount(Path mountPoint, MountRequest request) throws MountException {
        List<String> command = List.of(program.toString(), "-o", options(request), "--", mountPoint.toString());
        try (Helper helper = Helper.start(command)) {
            return helper.descriptor();
        } catch (ErrnoException e) {
            throw new MountException(
                    Reason.REFUSED, "fusermount refused to mount at " + mountPoint + ": " + e.getMessage());
        }
    }

    private static String options(MountRequest request) {
        List<String> options = new ArrayList<>(request.options());
        options.add("fsname=" + escape(request.source()));
        options.add("subtype=" + escape(request.subtype()));
        if (request.maxRead() > 0) {
            options.add("max_read=" + request.maxRead());
        }
        return String.join(",", options);
    }

    /** A comma or backslash of an option's value is taken only behind a backslash. */
    static String escape(String value) {
        return value.replace("\\", "\\\\").replace(",", "\\,");
    }
}
