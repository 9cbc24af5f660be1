package org.netcachefs.daemon.config;

import java.util.List;

/** Renders docs/CONFIGURATION.md from the table of options. */
public final class ConfigurationDoc {
    private ConfigurationDoc() {}

    public static String markdown() {
        StringBuilder doc = new StringBuilder();
        doc.append("""
                # Options of `netcachefs mount`

                <!-- Made from org.netcachefs.daemon.config.MountOptions; `./check --update-docs` writes it anew. -->

                Each `--name value` is also `-o name=value` and a line `name = value` in a configuration file
                (`--config FILE`; `/etc/netcachefs.conf` is read when it exists). The command line wins. A flag stands
                alone; with `-o` and in a file it may also be `yes` or `no`. Sizes take K, M, G and T (powers of 1024), times ms, s, m, h
                and d (seconds when there is no unit).

                | option | value | default | meaning |
                |---|---|---|---|
                """);
        MountOptions.ALL.forEach(option -> doc.append(row(option)));
        doc.append("\n# Exit codes\n\n| code | meaning |\n|---|---|\n");
        for (ExitCode code : ExitCode.values()) {
            doc.append("| ")
                    .append(code.code())
                    .append(" | ")
                    .append(code.meaning())
                    .append(" |\n");
        }
        return doc.toString();
    }

    private static String row(MountOption<?> option) {
        List<String> cells = List.of(
                "`" + option.name() + "`",
                option.isFlag() ? "flag" : option.type().label().replace("|", "\\|"),
                option.defaultText(),
                option.doc());
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
