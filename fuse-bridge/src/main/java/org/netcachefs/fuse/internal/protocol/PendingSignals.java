package org.netcachefs.fuse.internal.protocol;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Signals a thread has yet to take, as /proc shows them. */
final class PendingSignals {
    /** By default ignored, or stopping the process: CHLD, CONT, STOP, TSTP, TTIN, TTOU, URG, WINCH. */
    private static final long HARMLESS = mask(17, 18, 19, 20, 21, 22, 23, 28);

    private PendingSignals() {}

    private static long mask(int... signals) {
        long mask = 0;
        for (int signal : signals) {
            mask |= 1L << (signal - 1);
        }
        return mask;
    }

    /** Whether {@code thread} ends as soon as it takes them. False if it cannot be seen. */
    static boolean kill(int thread) {
        if (thread <= 0) {
            return false;
        }
        try {
            byte[] status = Files.readAllBytes(Path.of("/proc/" + thread + "/status"));
            return kill(new String(status, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return false;
        }
    }

    static boolean kill(String status) {
        long pending = field(status, "SigPnd") | field(status, "ShdPnd");
        long kept = field(status, "SigBlk") | field(status, "SigIgn") | field(status, "SigCgt");
        return (pending & ~kept & ~HARMLESS) != 0;
    }

    private static long field(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line ->
                        Long.parseUnsignedLong(line.substring(name.length() + 1).strip(), 16))
                .findFirst()
                .orElse(0);
    }
}
