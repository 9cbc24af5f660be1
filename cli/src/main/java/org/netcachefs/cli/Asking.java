package org.netcachefs.cli;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.Optional;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.daemon.control.ByteText;
import org.netcachefs.daemon.control.ControlClient;
import org.netcachefs.daemon.control.DaemonFinder;

/** What commands that ask a daemon have in common. */
final class Asking {
    /** For what is answered from memory. */
    static final Duration SOON = Duration.ofSeconds(10);

    private Asking() {}

    static JsonObject request(String command) {
        JsonObject request = new JsonObject();
        request.addProperty("command", command);
        return request;
    }

    static JsonObject ask(DaemonFinder.Found mount, JsonObject request, Duration limit) throws RefusedException {
        return ControlClient.ask(mount.socketOrRefuse(), request, limit);
    }

    /** The mount a path lies in, or the only one when no path was given. */
    static DaemonFinder.Located locate(DaemonFinder finder, Optional<String> path) throws RefusedException {
        return path.isPresent() ? finder.holding(path.get()) : new DaemonFinder.Located(finder.only(), "");
    }

    /** What is asked is about a path in the mount. */
    static void addPath(JsonObject request, DaemonFinder.Located place) {
        if (ByteText.isUtf8(place.inside())) {
            request.addProperty("path", place.inside());
        } else {
            request.addProperty("path_base64", ByteText.base64(place.inside()));
        }
    }
}
