package org.netcachefs.cli;

import java.util.Locale;
import org.netcachefs.daemon.control.ByteText;

/** Text that may hold names of files, which may hold anything, made fit for one line of a terminal. */
final class Printable {
    private Printable() {}

    /** As mountinfo has it: control characters, backslashes and what is not UTF-8 ({@link ByteText}) as the octal numbers of their bytes. */
    static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (point == '\\' || isControl(point) || ByteText.isByte(point)) {
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
        for (byte each : ByteText.bytes(character)) {
            printable.append(String.format(Locale.ROOT, "\\%03o", each & 0xff));
        }
    }
}
