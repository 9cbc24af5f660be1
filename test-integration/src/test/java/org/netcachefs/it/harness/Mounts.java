package org.netcachefs.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** /proc/self/mountinfo, read as text: nothing here touches a mount. */
public final class Mounts {
    private Mounts() {}

    /** One mount: its number, where it is, its type and its source. */
    public record Line(String number, Path mountPoint, String type, String source) {}

    public static List<Line> all() {
        try {
            List<Line> lines = new ArrayList<>();
            for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
                String[] halves = line.split(" - ", 2);
                String[] left = halves[0].split(" ");
                String[] right = halves[1].split(" ");
                lines.add(new Line(left[0], Path.of(unescape(left[4])), right[0], unescape(right[1])));
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The topmost mount at exactly this path. */
    public static Optional<Line> at(Path mountPoint) {
        Optional<Line> last = Optional.empty();
        for (Line line : all()) {
            if (line.mountPoint().equals(mountPoint)) {
                last = Optional.of(line);
            }
        }
        return last;
    }

    public static boolean isNetcachefs(Path mountPoint) {
        return at(mountPoint)
                .filter(line -> line.type().equals("fuse.netcachefs"))
                .isPresent();
    }

    /** Mount points at or below a folder, last mounted first. */
    public static List<Path> below(Path directory) {
        List<Path> found = new ArrayList<>();
        for (Line line : all()) {
            if (line.mountPoint().startsWith(directory)) {
                found.add(line.mountPoint());
            }
        }
        Collections.reverse(found);
        return found;
    }

    /** Takes a mount out of the tree whoever uses it. */
    public static void detach(Path mountPoint) {
        Command.run(
                List.of("sh", "-c", "fusermount3 -uz \"$1\" 2>&- || umount -l \"$1\"", "sh", mountPoint.toString()));
    }

    private static String unescape(String text) {
        return text.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
