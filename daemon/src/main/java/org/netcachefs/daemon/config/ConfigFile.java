package org.netcachefs.daemon.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** A file of {@code name = value} lines; {@code #} begins a comment line. A flag may stand alone. */
public final class ConfigFile {
    /** Read when it exists and no other file is named. */
    public static final Path DEFAULT = Path.of("/etc/netcachefs.conf");

    private ConfigFile() {}

    public static OptionValues read(Path file) throws RefusedException {
        try {
            return parse(file.toString(), Files.readAllLines(file));
        } catch (NoSuchFileException e) {
            throw new RefusedException(ExitCode.USAGE, "--config " + file + ": no such file");
        } catch (CharacterCodingException e) {
            throw new RefusedException(ExitCode.USAGE, "--config " + file + ": not UTF-8 text");
        } catch (IOException e) {
            throw new RefusedException(ExitCode.USAGE, "--config " + file + ": cannot be read");
        }
    }

    static OptionValues parse(String file, List<String> lines) throws RefusedException {
        OptionValues values = new OptionValues();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                set(values, file + " line " + (i + 1), line);
            }
        }
        return values;
    }

    private static void set(OptionValues values, String from, String line) throws RefusedException {
        int equals = line.indexOf('=');
        String name = equals < 0 ? line : line.substring(0, equals).strip();
        String text = equals < 0
                ? OptionValues.alone(from, name)
                : line.substring(equals + 1).strip();
        values.set(from, name, text);
    }
}
