package org.netcachefs.cli;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.daemon.control.DaemonFinder;
import picocli.CommandLine.Model.OptionSpec;

/** {@code netcachefs stat [MOUNT|PATH]}. */
final class StatCommand extends Command {
    private final Output output;
    private final DaemonFinder finder;

    StatCommand(Output output, DaemonFinder finder) {
        super("stat", "Shows what a mount does, or what is cached of a file or directory in it.");
        this.output = output;
        this.finder = finder;
        flag("As one line of JSON (schema 1).", "--json");
        spec().addOption(OptionSpec.builder("--watch")
                .paramLabel("SECONDS")
                .arity("0..1")
                .fallbackValue("2")
                .type(String.class)
                .description("Again every so many seconds (2 if not said), until interrupted or nobody reads it.")
                .build());
        parameter("MOUNT|PATH", "0..1", "Every mount when it is left out.");
    }

    @Override
    ExitCode run() throws RefusedException {
        Optional<String> watch = value("--watch");
        Optional<String> path = optional(0);
        if (watch.isPresent() && path.isEmpty() && !isMeantAsSeconds(watch.get())) {
            // --watch PATH: what follows was the path, not a number of seconds.
            path = watch;
            watch = Optional.of("2");
        }
        if (watch.isEmpty()) {
            show(path);
            return ExitCode.OK;
        }
        long seconds = seconds(watch.get());
        do {
            show(path);
            pause(seconds);
        } while (output.isRead());
        return ExitCode.OK;
    }

    private boolean isMeantAsSeconds(String text) {
        return text.matches("-?[\\d.]+") || parsed().originalArgs().contains("--watch=" + text);
    }

    private static long seconds(String text) throws RefusedException {
        if (!text.matches("0*[1-9]\\d{0,4}")) {
            throw new RefusedException(
                    ExitCode.USAGE, "--watch must be a number of seconds, 1 to 99999: '" + text + "'");
        }
        return Long.parseLong(text);
    }

    private void show(Optional<String> path) throws RefusedException {
        List<DaemonFinder.Located> places = places(path);
        for (DaemonFinder.Located place : places) {
            try {
                show(place);
            } catch (RefusedException e) {
                boolean justUnmounted = places.size() > 1 && e.code() == ExitCode.NO_DAEMON;
                if (!justUnmounted) {
                    throw e;
                }
            }
        }
    }

    /** Every mount when none is named; the refusal when there is none. */
    private List<DaemonFinder.Located> places(Optional<String> path) throws RefusedException {
        List<DaemonFinder.Found> mounts = path.isPresent() ? List.of() : finder.all();
        return mounts.size() < 2
                ? List.of(Asking.locate(finder, path))
                : mounts.stream()
                        .filter(mount -> mount.socket().isPresent())
                        .map(mount -> new DaemonFinder.Located(mount, ""))
                        .toList();
    }

    private void show(DaemonFinder.Located place) throws RefusedException {
        JsonObject request = Asking.request("stat");
        if (!place.isMountPoint()) {
            Asking.addPath(request, place);
        }
        JsonObject answer = Asking.ask(place.mount(), request, Asking.SOON);
        if (has("--json")) {
            output.line(answer.toString());
        } else {
            String text = place.isMountPoint() ? StatText.mount(answer) : StatText.path(answer);
            output.line(text.stripTrailing());
        }
    }

    private static void pause(long seconds) throws RefusedException {
        try {
            TimeUnit.SECONDS.sleep(seconds);
        } catch (InterruptedException e) {
            throw new RefusedException(ExitCode.INTERRUPTED, "interrupted");
        }
    }
}
