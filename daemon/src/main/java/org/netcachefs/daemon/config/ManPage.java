package org.netcachefs.daemon.config;

/** Renders docs/man/netcachefs.1 from the table of options and the exit codes. */
public final class ManPage {
    private static final String HEAD = """
            .\\" Made from org.netcachefs.daemon.config.MountOptions; ./check --update-docs writes it anew.
            .TH NETCACHEFS 1
            .SH NAME
            netcachefs \\- caches a mounted directory tree on local disk
            .SH SYNOPSIS
            .nf
            \\fBnetcachefs mount\\fR [\\fB\\-f\\fR] [\\fB\\-o\\fR \\fIname\\fR[=\\fIvalue\\fR],...] [\\fIoptions\\fR] \\fIUPSTREAM\\fR \\fIMOUNTPOINT\\fR
            \\fBnetcachefs umount\\fR [\\fB\\-l\\fR|\\fB\\-f\\fR] \\fIMOUNTPOINT\\fR
            \\fBnetcachefs list\\fR [\\fB\\-\\-json\\fR]
            \\fBnetcachefs stat\\fR [\\fIMOUNT\\fR|\\fIPATH\\fR] [\\fB\\-\\-json\\fR] [\\fB\\-\\-watch\\fR [\\fISECONDS\\fR]]
            \\fBnetcachefs flush\\fR \\fIPATH\\fR...|\\fB\\-\\-all\\fR [\\fB\\-\\-wait\\fR]
            \\fBnetcachefs log\\fR \\fILEVEL\\fR [\\fIMOUNT\\fR]
            \\fBnetcachefs completion bash\\fR
            .fi
            .SH DESCRIPTION
            \\fBmount\\fR mounts the directory UPSTREAM on MOUNTPOINT and keeps what is read through it in a cache on local disk,
            within \\fB\\-\\-size\\fR. It returns when the mount answers; with \\fB\\-f\\fR it stays in the foreground. UPSTREAM may be
            mounted over itself.
            .PP
            \\fBumount\\fR unmounts; a mount in use is left alone and its users are named. \\fB\\-l\\fR detaches it, \\fB\\-f\\fR aborts
            what waits for it.
            .PP
            \\fBstat\\fR shows what a mount does, or what is cached of a path. \\fBflush\\fR drops what is cached of a path and all
            below it. \\fBlog\\fR changes how much a running daemon logs. None of them touches a path inside a mount, so they answer
            while upstream hangs.
            .SH OPTIONS OF MOUNT
            Each is also \\fB\\-o\\fR \\fIname\\fR=\\fIvalue\\fR and a line \\fIname\\fR = \\fIvalue\\fR of the configuration file
            (\\fB\\-\\-config\\fR \\fIFILE\\fR, default /etc/netcachefs.conf if it exists).
            """;

    private static final String TAIL = """
            .SH FILES
            As root: /var/cache/netcachefs, /var/log/netcachefs, /run/netcachefs. As another user: ~/.cache/netcachefs,
            ~/.local/state/netcachefs, $XDG_RUNTIME_DIR/netcachefs.
            .SH ENVIRONMENT
            \\fBNETCACHEFS_JAVA_OPTS\\fR: options for the Java virtual machine. \\fBJAVA_HOME\\fR: which Java to use.
            .SH SEE ALSO
            .BR mount (8),
            .BR fusermount3 (1)
            """;

    private ManPage() {}

    public static String roff() {
        StringBuilder page = new StringBuilder(HEAD);
        MountOptions.ALL.forEach(option -> page.append(entry(option)));
        page.append(".SH EXIT STATUS\n");
        for (ExitCode code : ExitCode.values()) {
            page.append(".TP\n\\fB")
                    .append(code.code())
                    .append("\\fR\n")
                    .append(code.meaning())
                    .append('\n');
        }
        return page.append(TAIL).toString();
    }

    private static String entry(MountOption<?> option) {
        String value = option.isFlag() ? "" : " \\fI" + escaped(option.type().label()) + "\\fR";
        String otherwise = option.defaultText().isEmpty() || option.isFlag()
                ? ""
                : " Default: " + escaped(option.defaultText()) + ".";
        return ".TP\n\\fB\\-\\-" + escaped(option.name()) + "\\fR" + value + "\n" + escaped(option.doc()) + otherwise
                + "\n";
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("-", "\\-").replace("`", "");
    }
}
