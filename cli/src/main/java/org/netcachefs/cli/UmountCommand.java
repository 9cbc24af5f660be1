package org.netcachefs.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.daemon.control.DaemonFinder;
import org.netcachefs.daemon.control.UnservedMount;

/** {@code netcachefs umount [-l|-f] MOUNTPOINT}. Returns when the daemon has closed the cache. */
final class UmountCommand extends Command {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration DAEMON_ENDS = Duration.ofSeconds(60);
    private static final Duration DETACHED_DAEMON_ENDS = Duration.ofSeconds(2);

    private final Output output;
    private final DaemonFinder finder;

    UmountCommand(Output output, DaemonFinder finder) {
        super("umount", "Unmounts. A mount in use is left alone, and who uses it is said.");
        this.output = output;
        this.finder = finder;
        flag("Detaches the mount now; it ends when its last user is gone.", "-l", "--lazy");
        flag("Aborts whatever waits for the mount.", "-f", "--force");
        parameter("MOUNTPOINT", "1", "Where it is mounted.");
    }

    @Override
    ExitCode run() throws RefusedException {
        DaemonFinder.Located place = finder.holding(parameter(0));
        if (!place.isMountPoint()) {
            throw new RefusedException(
                    ExitCode.NO_DAEMON,
                    parameter(0) + ": not a mount point; the mount is "
                            + place.mount().mountPoint());
        }
        if (place.mount().socket().isPresent()) {
            unmountServed(place.mount());
        } else if (!UnservedMount.unmount(place.mount().mountPoint(), mode())) {
            throw new RefusedException(ExitCode.BUSY, busy(place.mount()));
        }
        return ExitCode.OK;
    }

    private void unmountServed(DaemonFinder.Found mount) throws RefusedException {
        JsonObject request = Asking.request("umount");
        request.addProperty("mode", mode());
        String outcome = Asking.ask(mount, request, PATIENCE).get("outcome").getAsString();
        switch (outcome) {
            case "unmounted" -> awaitEnd(mount);
            case "busy" -> throw new RefusedException(ExitCode.BUSY, busy(mount));
            default ->
                throw new RefusedException(
                        ExitCode.REFUSED, mount.mountPoint() + ": the kernel refused to unmount; see the log");
        }
    }

    private String mode() {
        return has("--force") ? "abort" : has("--lazy") ? "detach" : "normal";
    }

    private void awaitEnd(DaemonFinder.Found mount) {
        boolean detached = !mode().equals("normal");
        if (await(detached ? DETACHED_DAEMON_ENDS : DAEMON_ENDS, () -> hasEnded(mount.pid()))) {
            return;
        }
        String daemon = mount.mountPoint() + ": unmounted; its daemon (pid " + mount.pid() + ")";
        if (detached) {
            output.line(daemon + " ends when nobody uses it any more");
        } else {
            output.complain(daemon + " has not ended yet");
        }
    }

    /** Also while nobody has taken note of its end. */
    private static boolean hasEnded(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
            return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean await(Duration limit, BooleanSupplier done) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return true;
    }

    private static String busy(DaemonFinder.Found mount) {
        List<String> holders = new Holders(mount).find();
        String who = holders.isEmpty() ? "" : ", used by " + String.join(", ", holders);
        return mount.mountPoint() + ": busy" + who + "; end them, or use -l";
    }
}
