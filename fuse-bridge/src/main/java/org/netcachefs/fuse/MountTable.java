package org.netcachefs.fuse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The mounts this process sees, as one reading of /proc/self/mountinfo, in the order they were mounted. Immutable. It is
 * read and searched as text: nothing here touches a mounted file system, so a mount that hangs cannot hang it.
 */
public final class MountTable {
    private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");
    private static final int FIELDS_BEFORE_OPTIONAL = 6;

    private final List<MountEntry> entries;

    private MountTable(List<MountEntry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** The mounts of now. */
    public static MountTable read() throws IOException {
        return parse(Files.readAllBytes(MOUNTINFO));
    }

    /** The mounts in the bytes of a mountinfo file; lines that are not understood are left out. */
    public static MountTable parse(byte[] mountinfo) {
        List<MountEntry> entries = new ArrayList<>();
        // A line's bytes are kept apart until the escapes are undone, then they are read as UTF-8.
        for (String line : new String(mountinfo, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            parseLine(line).ifPresent(entries::add);
        }
        return new MountTable(entries);
    }

    public List<MountEntry> entries() {
        return entries;
    }

    /** The topmost mount whose mount point is exactly {@code mountPoint} (absolute; compared as text). */
    public Optional<MountEntry> at(Path mountPoint) {
        String wanted = text(mountPoint);
        MountEntry found = null;
        for (MountEntry entry : entries) {
            if (entry.mountPoint().equals(wanted)) {
                found = entry;
            }
        }
        return Optional.ofNullable(found);
    }

    /** The topmost mounts at mount points strictly below {@code directory}, by mount point. */
    public List<MountEntry> below(Path directory) {
        String top = text(directory);
        return entries.stream()
                .filter(entry -> !entry.mountPoint().equals(top) && contains(top, entry.mountPoint()))
                .filter(entry -> at(Path.of(entry.mountPoint())).orElseThrow().equals(entry))
                .sorted(Comparator.comparing(MountEntry::mountPoint))
                .toList();
    }

    /**
     * The mount that {@code path} (absolute) lies in going by its text alone, symbolic links not followed: the one with the
     * longest mount point, of several at one mount point the topmost.
     */
    public Optional<MountEntry> holding(Path path) {
        String wanted = text(path);
        MountEntry found = null;
        for (MountEntry entry : entries) {
            if (contains(entry.mountPoint(), wanted)
                    && (found == null
                            || entry.mountPoint().length() >= found.mountPoint().length())) {
                found = entry;
            }
        }
        return Optional.ofNullable(found);
    }

    private static boolean contains(String directory, String path) {
        return directory.equals("/")
                || path.equals(directory)
                || (path.startsWith(directory) && path.charAt(directory.length()) == '/');
    }

    private static String text(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }

    /** {@code ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS [TAG…] - TYPE SOURCE SUPEROPTIONS}. */
    private static Optional<MountEntry> parseLine(String line) {
        String[] fields = line.split(" ", -1);
        int dash = FIELDS_BEFORE_OPTIONAL;
        while (dash < fields.length && !fields[dash].equals("-")) {
            dash++;
        }
        if (dash + 3 >= fields.length) {
            return Optional.empty();
        }
        try {
            String[] device = fields[2].split(":", 2);
            return Optional.of(new MountEntry(
                    Integer.parseInt(fields[0]),
                    Integer.parseInt(fields[1]),
                    Integer.parseInt(device[0]),
                    Integer.parseInt(device[1]),
                    unescape(fields[3]),
                    unescape(fields[4]),
                    unescape(fields[5]),
                    unescape(fields[dash + 1]),
                    unescape(fields[dash + 2]),
                    unescape(fields[dash + 3])));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** Undoes the kernel's {@code \ooo} (octal) escapes of blanks, newlines, backslashes and '#'. */
    private static String unescape(String field) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(field.length());
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && isOctal(field, i + 1)) {
                bytes.write(Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                bytes.write(field.charAt(i));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static boolean isOctal(String field, int from) {
        if (from + 3 > field.length()) {
            return false;
        }
        for (int i = from; i < from + 3; i++) {
            if (field.charAt(i) < '0' || field.charAt(i) > '7') {
                return false;
            }
        }
        return true;
    }
}
