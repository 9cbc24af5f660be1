package org.netcachefs.cli;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.daemon.control.DaemonFinder;

/** {@code netcachefs flush PATH...} and {@code --all}. */
final class FlushCommand extends Command {
    private static final Duration PATIENCE = Duration.ofMinutes(11);

    private final DaemonFinder finder;

    FlushCommand(Output output, DaemonFinder finder) {
        super("flush", "Drops what is cached of files and directories; a directory with all below it.");
        this.finder = finder;
        flag("Everything cached of the mount (PATH, or the only one there is).", "--all");
        flag("Returns when the space is free, too.", "--wait");
        parameter("PATH", "0..*", "Files or directories in a mount.");
    }

    @Override
    ExitCode run() throws RefusedException {
        if (all().isEmpty() && !has("--all")) {
            throw new RefusedException(ExitCode.USAGE, "flush needs a PATH, or --all");
        }
        for (DaemonFinder.Located place : places()) {
            JsonObject request = Asking.request("flush");
            if (!has("--all") && !place.isMountPoint()) {
                Asking.addPath(request, place);
            }
            if (has("--wait")) {
                request.addProperty("wait", true);
            }
            Asking.ask(place.mount(), request, PATIENCE);
        }
        return ExitCode.OK;
    }

    private List<DaemonFinder.Located> places() throws RefusedException {
        List<DaemonFinder.Located> places = new ArrayList<>();
        for (String path : all()) {
            places.add(finder.holding(path));
        }
        if (places.isEmpty()) {
            places.add(new DaemonFinder.Located(finder.only(), ""));
        }
        return places;
    }
}
