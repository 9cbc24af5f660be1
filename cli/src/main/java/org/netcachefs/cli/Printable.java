package org.netcachefs.cli;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Text that may hold names of files, which may hold anything, made fit for one line of a terminal. */
final class Printable {
    private Printable() {}

    /** As mountinfo has it: control characters and backslashes as the octal numbers of their bytes. */
    static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (point == '\\' || isControl(point)) {
                octal(printable, Character.toString(point));
            } else {
                printable.appendCodePoint(point);
            }
        });
        return printable.toString();
    }

    private static boolean isControl(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    private static void octal(StringBuilder printable, String character) {
        for (byte each : character.getBytes(StandardCharsets.UTF_8)) {
            printable.append(String.format(Locale.ROOT, "\\%03o", each & 0xff));
        }
    }
}
