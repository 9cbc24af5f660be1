package org.netcachefs.arch.planted.cli;

import org.netcachefs.arch.planted.daemon.Service;
import picocli.CommandLine;

/** Allowed: the command line uses picocli, the daemon and the console. */
public final class Command {
    public final Service service = new Service();
    public final CommandLine line = new CommandLine(this);

    public void run() {
        System.out.println(service);
        System.exit(0);
    }
}
