package org.netcachefs.daemon.control;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A path without {@code .}, {@code ..} and empty names, taken apart before its first name that is not UTF-8: {@code utf8}, and
 * the {@code rest} as {@link ByteText}s. Java's own paths hold only the former.
 */
record PathText(Path utf8, List<String> rest) {
    PathText {
        rest = List.copyOf(rest);
    }

    /** Of a {@link ByteText} that is relative to the working directory unless it begins with a slash. */
    static PathText absolute(String path) {
        List<String> names = names(path.startsWith("/") ? path : Path.of("").toAbsolutePath() + "/" + path);
        int readable = (int) names.stream().takeWhile(ByteText::isUtf8).count();
        return new PathText(
                Path.of("/" + String.join("/", names.subList(0, readable))), names.subList(readable, names.size()));
    }

    /** The names of a {@link ByteText}. */
    static List<String> names(String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/", -1)) {
            if (!name.equals("..")) {
                names.add(name);
            } else if (!names.isEmpty()) {
                names.remove(names.size() - 1);
            }
            names.removeIf(each -> each.isEmpty() || each.equals("."));
        }
        return names;
    }

    /** The rest below {@code beginning}. */
    String below(String beginning) {
        List<String> all = new ArrayList<>(names(beginning));
        all.addAll(rest);
        return String.join("/", all);
    }
}
