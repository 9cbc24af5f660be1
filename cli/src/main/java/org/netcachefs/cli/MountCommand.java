package org.netcachefs.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.netcachefs.daemon.Daemon;
import org.netcachefs.daemon.config.ConfigFile;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.MountOption;
import org.netcachefs.daemon.config.MountOptions;
import org.netcachefs.daemon.config.MountPlan;
import org.netcachefs.daemon.config.MountPlanner;
import org.netcachefs.daemon.config.OptionValues;
import org.netcachefs.daemon.config.PrivateDirectories;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.daemon.config.Surroundings;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code netcachefs mount [options] UPSTREAM MOUNTPOINT}. This process becomes the daemon; the launcher puts it in the
 * background (then {@code netcachefs.background} is set) and waits for its ready line.
 */
final class MountCommand extends Command {
    private static final long START_SECONDS = 20;

    private final Output output;
    private final Surroundings surroundings;

    MountCommand(Output output, Surroundings surroundings) {
        super("mount", "Mounts a directory tree, caching what is read from it on local disk.");
        this.output = output;
        this.surroundings = surroundings;
        flag("Stays in the foreground and logs to standard error.", "-f", "--foreground");
        list("-o", "name[=value],...", "Options as in mount(8): each --NAME VALUE is also -o NAME=VALUE.");
        spec().addOption(OptionSpec.builder("--config")
                .paramLabel("FILE")
                .type(String.class)
                .description("Reads options from FILE (default: " + ConfigFile.DEFAULT + " if it exists).")
                .build());
        MountOptions.ALL.forEach(option -> spec().addOption(optionSpec(option)));
        parameter("UPSTREAM", "1", "The directory to cache.");
        parameter("MOUNTPOINT", "1", "Where to mount it; may be UPSTREAM itself.");
    }

    private void list(String name, String label, String description) {
        spec().addOption(OptionSpec.builder(name)
                .paramLabel(label)
                .arity("1")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(description)
                .build());
    }

    private static OptionSpec optionSpec(MountOption<?> option) {
        String defaultText =
                option.defaultText().isEmpty() || option.isFlag() ? "" : " Default: " + option.defaultText() + ".";
        OptionSpec.Builder builder = OptionSpec.builder("--" + option.name())
                .completionCandidates(option.type().choices())
                .description((option.doc() + defaultText).replace("`", ""));
        return option.isFlag()
                ? builder.type(boolean.class).arity("0").build()
                : builder.type(String.class)
                        .arity("1")
                        .paramLabel(option.type().label())
                        .build();
    }

    @Override
    ExitCode run() throws RefusedException {
        MountPlan plan = new MountPlanner(surroundings, options()).plan(parameter(0), parameter(1));
        boolean background = Boolean.getBoolean("netcachefs.background");
        PrivateDirectories.makeRuntime(plan.surroundings());
        LogPlace.choose(plan, background && !has("--foreground"), output);
        Daemon daemon = start(plan);
        output.line((background ? "netcachefs-ready: " : "") + daemon.summary());
        daemon.awaitEnd();
        return ExitCode.OK;
    }

    /** A signal that comes before the mount is there is heeded when it is, so that nothing is left mounted. */
    private Daemon start(MountPlan plan) throws RefusedException {
        CompletableFuture<Daemon> started = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started), "stop"));
        try {
            Daemon daemon = Daemon.start(plan, output::complain);
            started.complete(daemon);
            return daemon;
        } finally {
            started.completeExceptionally(new CancellationException());
        }
    }

    /** Being asked to stop is not a failure. */
    private static void stop(CompletableFuture<Daemon> started) {
        try {
            Daemon daemon = started.get(START_SECONDS, TimeUnit.SECONDS);
            if (daemon.isServing()) {
                daemon.stop();
                Runtime.getRuntime().halt(ExitCode.OK.code());
            }
        } catch (TimeoutException | ExecutionException | CancellationException | InterruptedException e) {
            LoggerFactory.getLogger(MountCommand.class).debug("stopped before anything was mounted", e);
        }
    }

    private OptionValues options() throws RefusedException {
        OptionValues typed = new OptionValues();
        for (String list : this.<List<String>>value("-o").orElse(List.of())) {
            typed.setList(list);
        }
        for (MountOption<?> option : MountOptions.ALL) {
            Optional<Object> value = value("--" + option.name());
            if (value.isPresent()) {
                typed.set("", option.name(), String.valueOf(value.get()));
            }
        }
        return typed.over(file());
    }

    private OptionValues file() throws RefusedException {
        Optional<String> named = value("--config");
        if (named.isPresent()) {
            return ConfigFile.read(Path.of(named.get()));
        }
        return Files.exists(ConfigFile.DEFAULT) ? ConfigFile.read(ConfigFile.DEFAULT) : new OptionValues();
    }
}
