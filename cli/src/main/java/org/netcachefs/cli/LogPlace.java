package org.netcachefs.cli;

import java.io.IOException;
import org.netcachefs.daemon.config.MountOptions;
import org.netcachefs.daemon.config.MountPlan;
import org.netcachefs.daemon.config.PrivateDirectories;
import org.netcachefs.daemon.config.Reasons;

/** Where the daemon logs: standard error in the foreground, else a file. Chosen before the first logger is made. */
final class LogPlace {
    private LogPlace() {}

    static void choose(MountPlan plan, boolean file, Output output) {
        System.setProperty(
                "netcachefs.log.level",
                plan.options().get(MountOptions.LOG_LEVEL).name());
        System.setProperty("netcachefs.log.levels", plan.logLevelFile().toString());
        if (!file) {
            return;
        }
        try {
            PrivateDirectories.make(plan.surroundings().logDirectory());
            System.setProperty("netcachefs.log.file", plan.logFile().toString());
            System.setProperty("netcachefs.log.to", "FILE");
        } catch (IOException e) {
            System.setProperty("netcachefs.log.to", "NOWHERE");
            output.complain("log " + plan.logFile() + ": " + Reasons.of(e) + "; going on without a log");
        }
    }
}
