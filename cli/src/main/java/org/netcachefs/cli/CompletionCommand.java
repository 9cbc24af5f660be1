package org.netcachefs.cli;

import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.RefusedException;
import picocli.AutoComplete;

/** {@code netcachefs completion bash}. */
final class CompletionCommand extends Command {
    private final Output output;

    CompletionCommand(Output output) {
        super("completion", "Prints a completion script: source <(netcachefs completion bash)");
        this.output = output;
        parameter("SHELL", "1", "bash (zsh reads it too, after bashcompinit).");
    }

    @Override
    ExitCode run() throws RefusedException {
        if (!parameter(0).equals("bash")) {
            throw new RefusedException(ExitCode.USAGE, "SHELL must be bash, not '" + parameter(0) + "'");
        }
        output.line(AutoComplete.bash("netcachefs", spec().root().commandLine()));
        return ExitCode.OK;
    }
}
