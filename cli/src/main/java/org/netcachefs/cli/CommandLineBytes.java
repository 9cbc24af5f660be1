package org.netcachefs.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.netcachefs.daemon.control.ByteText;

/** The arguments of this process as they were typed: Java's own have lost what is not UTF-8. */
final class CommandLineBytes {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    /** What Java puts in the place of what it cannot decode. */
    private static final String LOST = "\ufffd";

    private CommandLineBytes() {}

    /** As {@link ByteText}; what {@code main} was given, if the system does not tell. */
    static String[] of(String[] given) {
        for (String argument : given) {
            if (argument.contains(LOST)) {
                return typed(given);
            }
        }
        return given;
    }

    private static String[] typed(String[] given) {
        try {
            List<String> all = split(Files.readAllBytes(COMMAND_LINE));
            int first = all.size() - given.length;
            return first < 0 ? given : all.subList(first, all.size()).toArray(String[]::new);
        } catch (IOException e) {
            return given;
        }
    }

    /** Each ends with a NUL. */
    static List<String> split(byte[] line) {
        List<String> arguments = new ArrayList<>();
        ByteArrayOutputStream argument = new ByteArrayOutputStream();
        for (byte each : line) {
            if (each == 0) {
                arguments.add(ByteText.of(argument.toByteArray()));
                argument.reset();
            } else {
                argument.write(each);
            }
        }
        return arguments;
    }
}
