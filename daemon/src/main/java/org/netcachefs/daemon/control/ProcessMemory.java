package org.netcachefs.daemon.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process holds in memory. */
final class ProcessMemory {
    private ProcessMemory() {}

    /** Resident bytes that no file backs: VmRSS less RssFile; 0 when /proc does not say. */
    static long residentBytes() {
        long resident = 0;
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS:")) {
                    resident += kilobytes(line);
                } else if (line.startsWith("RssFile:")) {
                    resident -= kilobytes(line);
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return resident << 10;
    }

    static long heapBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static long kilobytes(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }
}
