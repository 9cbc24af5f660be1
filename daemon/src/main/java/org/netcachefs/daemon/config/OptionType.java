package org.netcachefs.daemon.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.netcachefs.store.Watermarks;

/**
 * How the text of an option becomes a value. {@code label} stands for the value in help and documentation; {@code choices}
 * are all it can be, empty when it is open.
 */
public record OptionType<T>(String label, List<String> choices, Parser<T> parser) {
    /** Throws {@link IllegalArgumentException} with what the value must be: {@code must be ...}. */
    public interface Parser<T> {
        T parse(String text);
    }

    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})([KMGT]?)(?:I?B)?");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(MS|S|M|H|D)?");

    /** Bytes; K, M, G and T are powers of 1024. Between {@code least} and {@code most}, both included. */
    public static OptionType<Long> size(long least, long most) {
        return open("SIZE", text -> {
            long bytes = bytes(text);
            if (bytes < least || bytes > most) {
                throw new IllegalArgumentException(
                        "must be between " + Sizes.exact(least) + " and " + Sizes.exact(most));
            }
            return bytes;
        });
    }

    /** A time: a number of seconds, or with ms, s, m, h or d. */
    public static OptionType<Duration> duration() {
        return open("TIME", OptionType::time);
    }

    public static OptionType<Duration> positiveDuration() {
        return open("TIME", text -> {
            Duration value = time(text);
            if (value.isZero()) {
                throw new IllegalArgumentException("must be a time above 0");
            }
            return value;
        });
    }

    public static OptionType<String> text(String label) {
        return open(label, text -> {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("must not be empty");
            }
            return text;
        });
    }

    public static OptionType<Boolean> flag() {
        return new OptionType<>("", List.of("yes", "no"), OptionType::yes);
    }

    /** yes or no, always with a value. */
    public static OptionType<Boolean> yesNo() {
        return new OptionType<>("yes|no", List.of("yes", "no"), OptionType::yes);
    }

    public static OptionType<String> choice(String... choices) {
        List<String> all = List.of(choices);
        return new OptionType<>(String.join("|", all), all, text -> one(all, text));
    }

    public static <E extends Enum<E>> OptionType<E> choice(Class<E> values) {
        List<String> all = Arrays.stream(values.getEnumConstants())
                .map(OptionType::spelled)
                .toList();
        return new OptionType<>(
                String.join("|", all), all, text -> values.getEnumConstants()[all.indexOf(one(all, text))]);
    }

    /** A path, made absolute without asking the file system. */
    public static OptionType<Path> path() {
        return open("PATH", text -> {
            if (text.isEmpty() || text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("must be a path");
            }
            return Path.of(text).toAbsolutePath().normalize();
        });
    }

    /** RUN:CULL:STOP in percent free. */
    public static OptionType<Watermarks> watermarks() {
        return open("RUN:CULL:STOP", text -> {
            if (!text.matches("\\d{1,2}:\\d{1,2}:\\d{1,2}")) {
                throw new IllegalArgumentException("must be RUN:CULL:STOP in percent, as in 10:7:3");
            }
            String[] parts = text.split(":", -1);
            return marks(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
        });
    }

    private static Watermarks marks(int run, int cull, int stop) {
        if (!(run > cull && cull > stop)) {
            throw new IllegalArgumentException("must be RUN:CULL:STOP with RUN > CULL > STOP, as in 10:7:3");
        }
        return new Watermarks(run, cull, stop);
    }

    private static <T> OptionType<T> open(String label, Parser<T> parser) {
        return new OptionType<>(label, List.of(), parser);
    }

    private static String one(List<String> all, String text) {
        if (!all.contains(text)) {
            throw new IllegalArgumentException("must be " + String.join(" or ", all));
        }
        return text;
    }

    private static String spelled(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static boolean yes(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "yes", "true", "on", "1" -> true;
            case "no", "false", "off", "0" -> false;
            default -> throw new IllegalArgumentException("must be yes or no");
        };
    }

    private static long bytes(String text) {
        Matcher matcher = SIZE.matcher(text.toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be a size in bytes or with K, M, G or T, as in 20G");
        }
        int shift = matcher.group(2).isEmpty() ? 0 : 10 * ("KMGT".indexOf(matcher.group(2)) + 1);
        long number = Long.parseLong(matcher.group(1));
        return number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift;
    }

    static Duration time(String text) {
        Matcher matcher = DURATION.matcher(text.toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be a time in seconds or with ms, s, m, h or d, as in 30s");
        }
        long number = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2) == null ? "S" : matcher.group(2);
        Duration value = switch (unit) {
            case "MS" -> Duration.ofMillis(number);
            case "S" -> Duration.ofSeconds(number);
            case "M" -> Duration.ofMinutes(number);
            case "H" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
        if (value.compareTo(Duration.ofDays(3650)) > 0) {
            throw new IllegalArgumentException("must be at most 3650d");
        }
        return value;
    }
}
