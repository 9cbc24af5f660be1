package org.netcachefs.daemon.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.netcachefs.store.VolumeKey;

/**
 * A mount that was asked for, with every place resolved: {@code upstream} and {@code mountPoint} are absolute and without
 * symbolic links, {@code volumeName} is what the volume's files are called.
 */
public record MountPlan(
        Path upstream,
        Path mountPoint,
        VolumeKey volume,
        String volumeName,
        Surroundings surroundings,
        OptionValues options) {

    public Path cacheDirectory() {
        return options.find(MountOptions.CACHE).orElseGet(() -> surroundings.cacheDirectory(volumeName));
    }

    public Path logFile() {
        return surroundings.logDirectory().resolve(volumeName + ".log");
    }

    public Path controlSocket() {
        return surroundings.runtimeDirectory().resolve(shortName() + ".sock");
    }

    /** The volume's name, cut so that the path of a socket (107 bytes) has room for it; still unique. */
    private String shortName() {
        int most = 60;
        int hash = volumeName.lastIndexOf('-');
        return volumeName.length() <= most
                ? volumeName
                : volumeName.substring(0, most - (volumeName.length() - hash)) + volumeName.substring(hash);
    }

    /** Where the level of this process's log is written, and changed while the daemon runs. */
    public Path logLevelFile() {
        return surroundings
                .runtimeDirectory()
                .resolve(shortName() + "-" + ProcessHandle.current().pid() + ".log-level.properties");
    }

    /** Everything that must stay reachable while the mount is served: what it is, and where. */
    List<Needed> needed() {
        List<Needed> needed = new ArrayList<>();
        needed.add(new Needed("cache", cacheDirectory(), "choose another with --cache"));
        options.find(MountOptions.DATA)
                .ifPresent(data -> needed.add(new Needed("data file", data, "choose another with --data")));
        needed.add(new Needed("log", surroundings.logDirectory(), "set XDG_STATE_HOME"));
        needed.add(new Needed("control socket", surroundings.runtimeDirectory(), "set XDG_RUNTIME_DIR"));
        needed.add(new Needed(
                "temporary directory", surroundings.temporary(), "set -Djava.io.tmpdir in NETCACHEFS_JAVA_OPTS"));
        needed.add(new Needed("JVM", Path.of(System.getProperty("java.home", "/")), "set JAVA_HOME to another"));
        needed.addAll(programs());
        return needed;
    }

    private static List<Needed> programs() {
        return List.of(System.getProperty("java.class.path", "").split(":")).stream()
                .filter(entry -> !entry.isEmpty())
                .map(entry ->
                        new Needed("program", Path.of(entry).toAbsolutePath().normalize(), "install it elsewhere"))
                .toList();
    }

    /** A place the daemon needs. */
    record Needed(String what, Path place, String remedy) {}
}
