package org.netcachefs.arch.planted.daemon;

import org.netcachefs.arch.planted.cli.Command;

/** Violation: upwards. */
public final class SeesCli {
    public Command command = new Command();
}
