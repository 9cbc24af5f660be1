package org.netcachefs.daemon.netfs;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Globs of paths that are never cached: {@code *} and {@code ?} match within a component, {@code **} across them. A glob without '/' matches the last component alone. Immutable.
 */
final class Exclusions {
    private final List<Pattern> names;
    private final List<Pattern> paths;

    Exclusions(List<String> globs) {
        names = globs.stream()
                .filter(glob -> !glob.contains("/"))
                .map(Exclusions::pattern)
                .toList();
        paths = globs.stream()
                .filter(glob -> glob.contains("/"))
                .map(glob -> pattern(glob.startsWith("/") ? glob.substring(1) : glob))
                .toList();
    }

    boolean isEmpty() {
        return names.isEmpty() && paths.isEmpty();
    }

    /** {@code path} is relative to the root, without a leading '/'. */
    boolean matches(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return names.stream().anyMatch(glob -> glob.matcher(name).matches())
                || paths.stream().anyMatch(glob -> glob.matcher(path).matches());
    }

    private static Pattern pattern(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (c == '*' && i + 1 < glob.length() && glob.charAt(i + 1) == '*') {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
