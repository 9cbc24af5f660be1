package org.netcachefs.cli;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.Locale;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.LogLevel;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.daemon.control.DaemonFinder;

/** {@code netcachefs log LEVEL [MOUNT]}. */
final class LogCommand extends Command {
    private final DaemonFinder finder;

    LogCommand(Output output, DaemonFinder finder) {
        super("log", "Changes how much a running daemon logs.");
        this.finder = finder;
        parameter("LEVEL", "1", "error, warn, info, debug or trace.");
        parameter("MOUNT", "0..1", "The mount; not needed when there is only one.");
    }

    @Override
    ExitCode run() throws RefusedException {
        JsonObject request = Asking.request("log");
        request.addProperty("level", level(parameter(0)));
        Asking.ask(Asking.locate(finder, optional(1)).mount(), request, Asking.SOON);
        return ExitCode.OK;
    }

    private static String level(String text) throws RefusedException {
        boolean known = Arrays.stream(LogLevel.values())
                .anyMatch(level -> level.name().toLowerCase(Locale.ROOT).equals(text));
        if (!known) {
            throw new RefusedException(
                    ExitCode.USAGE, "LEVEL must be error, warn, info, debug or trace, not '" + text + "'");
        }
        return text;
    }
}
