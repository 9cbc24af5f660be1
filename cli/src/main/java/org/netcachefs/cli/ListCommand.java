package org.netcachefs.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.daemon.control.DaemonFinder;

/** {@code netcachefs list}. */
final class ListCommand extends Command {
    private final Output output;
    private final DaemonFinder finder;

    ListCommand(Output output, DaemonFinder finder) {
        super("list", "Shows all netcachefs mounts.");
        this.output = output;
        this.finder = finder;
        flag("As one JSON array.", "--json");
    }

    @Override
    ExitCode run() throws RefusedException {
        List<DaemonFinder.Found> mounts = finder.all();
        if (has("--json")) {
            JsonArray all = new JsonArray();
            mounts.forEach(mount -> all.add(json(mount)));
            output.line(all.toString());
        } else {
            mounts.forEach(mount -> output.line(Printable.of(mount.upstream() + " on " + mount.mountPoint()) + " ("
                    + (mount.socket().isPresent() ? "pid " + mount.pid() : "no daemon answers") + ")"));
        }
        return ExitCode.OK;
    }

    private static JsonObject json(DaemonFinder.Found mount) {
        JsonObject json = new JsonObject();
        json.addProperty("mountpoint", mount.mountPoint());
        json.addProperty("upstream", mount.upstream());
        json.addProperty("pid", mount.pid());
        json.addProperty("answers", mount.socket().isPresent());
        return json;
    }
}
