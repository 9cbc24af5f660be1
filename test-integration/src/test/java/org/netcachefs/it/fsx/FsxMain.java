package org.netcachefs.it.fsx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.netcachefs.it.harness.Posix;

/**
 * A process that may die of a mapping that cannot be read: {@code FsxMain MOUNT-FOLDER UPSTREAM-FOLDER SEED STEPS}. Exit 0 and one
 * line if no difference was found.
 */
public final class FsxMain {
    private FsxMain() {}

    public static void main(String[] arguments) {
        Path upstream = Path.of(arguments[1]);
        long seed = Long.parseLong(arguments[2]);
        long steps = Long.parseLong(arguments[3]);
        try {
            Fsx fsx = new Fsx(
                    Path.of(arguments[0]).resolve("fsx"), upstream.resolve("fsx"), zeroesRanges(upstream), seed);
            fsx.run(steps);
            System.out.println(steps + " steps, seed " + seed + fsx.counted());
        } catch (IOException e) {
            System.err.println("seed " + seed + ": " + e.getMessage());
            System.exit(1);
        }
    }

    private static boolean zeroesRanges(Path upstream) throws IOException {
        Path probe = upstream.resolve("fsx-probe");
        try (Posix.File file = Posix.open(probe, Posix.O_RDWR | Posix.O_CREAT)) {
            file.allocate(Posix.FALLOC_ZERO_RANGE, 0, 1);
            return true;
        } catch (Posix.ErrnoIOException e) {
            return false;
        } finally {
            Files.delete(probe);
        }
    }
}
