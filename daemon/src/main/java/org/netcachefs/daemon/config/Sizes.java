package org.netcachefs.daemon.config;

import java.util.Locale;

/** Numbers of bytes as people read them. */
public final class Sizes {
    private static final String UNITS = "KMGTPE";

    private Sizes() {}

    /** The shortest spelling that means exactly this many bytes: {@code 256K}, {@code 1G}, {@code 1000}. */
    public static String exact(long bytes) {
        int unit = 0;
        long rest = bytes;
        while (rest != 0 && rest % 1024 == 0 && unit < 4) {
            rest /= 1024;
            unit++;
        }
        return unit == 0 ? Long.toString(rest) : rest + UNITS.substring(unit - 1, unit);
    }

    /** Rounded to three figures: {@code 1.25 GiB}. */
    public static String readable(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 1024 && unit < UNITS.length() - 1) {
            value /= 1024;
            unit++;
        }
        String format = value < 10 ? "%.2f %siB" : value < 100 ? "%.1f %siB" : "%.0f %siB";
        return String.format(Locale.ROOT, format, value, UNITS.charAt(unit));
    }
}
