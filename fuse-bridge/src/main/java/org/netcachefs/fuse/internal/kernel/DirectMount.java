package org.netcachefs.fuse.internal.kernel;

import java.nio.file.Path;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.MountException;
import org.netcachefs.fuse.MountException.Reason;
import org.netcachefs.fuse.MountRequest;
import org.netcachefs.fuse.internal.Native;

/** Mounts by mount(2), as root. */
final class DirectMount implements Mounter {
    @Override
    public int mount(Path mountPoint, MountRequest request) throws MountException {
        try {
            return mount(mountPoint, request, MountFlags.of(request));
        } catch (ErrnoException e) {
            throw new MountException(
                    Reason.REFUSED, "the kernel refused to mount at " + mountPoint + ": " + e.getMessage());
        }
    }

    private static int mount(Path mountPoint, MountRequest request, MountFlags options) throws ErrnoException {
        int device = Device.open();
        int result = Native.libc()
                .mount(
                        request.source(),
                        mountPoint.toString(),
                        "fuse." + request.subtype(),
                        options.flags(),
                        data(device, options));
        if (result != 0) {
            Errno errno = Native.lastErrno();
            Device.close(device);
            throw new ErrnoException(errno, "mount(2) with options " + String.join(",", request.options()));
        }
        return device;
    }

    private static String data(int device, MountFlags options) {
        String own = "fd=" + device + ",rootmode=40000,user_id=" + Native.libc().geteuid() + ",group_id="
                + Native.libc().getegid();
        return options.others().isEmpty() ? own : own + "," + String.join(",", options.others());
    }
}
