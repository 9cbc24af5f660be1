package org.netcachefs.cli;

import java.nio.file.InvalidPathException;
import java.util.List;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.daemon.config.Surroundings;
import org.netcachefs.daemon.config.Version;
import org.netcachefs.daemon.control.DaemonFinder;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code netcachefs}: puts the commands together and turns what they throw into one line and an exit code. */
final class Netcachefs {
    private final Output output;
    private final CommandLine line;

    Netcachefs(Output output, Surroundings surroundings) {
        this.output = output;
        DaemonFinder finder = new DaemonFinder(surroundings);
        line = new CommandLine(root());
        List<Command> commands = List.of(
                new MountCommand(output, surroundings),
                new UmountCommand(output, finder),
                new ListCommand(output, finder),
                new StatCommand(output, finder),
                new FlushCommand(output, finder),
                new LogCommand(output, finder),
                new CompletionCommand(output));
        commands.forEach(command -> line.addSubcommand(command.spec().name(), command.spec()));
        settings();
    }

    /** Runs one command line and answers its exit code. */
    int run(String... arguments) {
        return line.execute(arguments);
    }

    CommandLine line() {
        return line;
    }

    private void settings() {
        line.setOut(output.out());
        line.setErr(output.err());
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        line.setUsageHelpLongOptionsMaxWidth(28);
        line.setPosixClusteredShortOptionsAllowed(false);
        line.setExpandAtFiles(false);
        line.setParameterExceptionHandler((e, args) -> usage(e));
        line.setExecutionExceptionHandler((e, command, parsed) -> failed(e));
    }

    private CommandSpec root() {
        CommandSpec root =
                CommandSpec.wrapWithoutInspection((Runnable) this::noCommand).name("netcachefs");
        root.usageMessage().description("Caches a mounted directory tree on local disk.");
        root.version("netcachefs " + Version.current());
        root.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .type(boolean.class)
                .description("Shows this help.")
                .build());
        root.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .type(boolean.class)
                .description("Shows the version.")
                .build());
        return root;
    }

    private void noCommand() {
        throw new ParameterException(line, "no command given");
    }

    private int usage(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        output.complain(reason(e) + "; '" + command + " --help' shows what there is");
        return ExitCode.USAGE.code();
    }

    private static String reason(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            if (e.getCommandLine().getParent() == null && !first.startsWith("-")) {
                return "unknown command '" + first + "'";
            }
            return first.startsWith("-") ? "unknown option '" + first + "'" : "unexpected argument '" + first + "'";
        }
        return String.valueOf(e.getMessage())
                .replaceFirst("^Missing", "missing")
                .replaceFirst("\\.$", "");
    }

    private int failed(Exception e) {
        if (e instanceof RefusedException refused) {
            output.complain(String.valueOf(refused.getMessage()));
            return refused.code().code();
        }
        if (e instanceof InvalidPathException path) {
            output.complain(path.getInput() + ": not a path in UTF-8");
            return ExitCode.USAGE.code();
        }
        LoggerFactory.getLogger(Netcachefs.class).error("internal error", e);
        output.complain("internal error: " + e + "; the log tells more");
        return ExitCode.INTERNAL.code();
    }
}
