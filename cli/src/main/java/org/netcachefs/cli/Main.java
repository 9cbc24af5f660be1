package org.netcachefs.cli;

import org.netcachefs.daemon.config.Surroundings;

/** Where the process begins. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new Netcachefs(Output.console(), Surroundings.ofThisProcess()).run(CommandLineBytes.of(arguments)));
    }
}
