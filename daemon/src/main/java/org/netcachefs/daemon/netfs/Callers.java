package org.netcachefs.daemon.netfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import java.util.function.LongSupplier;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.fuse.Caller;

/**
 * Tells whom a request is made for. The kernel names user and group; the supplementary groups stand in /proc, and what was read there is used for
 * a tenth of a second: too short for a process number to be given out again. Thread-safe.
 */
final class Callers {
    static final int MOST = 1024;
    static final long USED_NANOS = 100_000_000;
    private static final String GROUPS = "\nGroups:";

    private final Path processes;
    private final boolean actsForOthers;
    private final LongSupplier clock;
    private final ClockMap<Caller, Known> known = new ClockMap<>(MOST, identity -> true);

    private record Known(Identity identity, long readNanos) {}

    /** {@code processes} is /proc; {@code actsForOthers} is false where all requests are the daemon's own doing; {@code clock} is in nanoseconds. */
    Callers(Path processes, boolean actsForOthers, LongSupplier clock) {
        this.processes = processes;
        this.actsForOthers = actsForOthers;
        this.clock = clock;
    }

    /** Who has gone meanwhile, and the kernel itself (process 0), has no supplementary groups. */
    Identity of(Caller caller) {
        if (!actsForOthers || (caller.uid() == 0 && caller.gid() == 0)) {
            return Identity.OWN;
        }
        long now = clock.getAsLong();
        Known recent = known.get(caller);
        if (recent != null && now - recent.readNanos < USED_NANOS) {
            return recent.identity;
        }
        Identity read = new Identity(caller.uid(), caller.gid(), groups(caller.pid()));
        Identity same = recent != null && recent.identity.equals(read) ? recent.identity : read;
        known.put(caller, new Known(same, now));
        return same;
    }

    /** As {@link #of}, for a change of content; {@code takesSetIds}: the kernel says that he may not keep set-id bits. Where the daemon acts as itself, neither may it. */
    Identity of(Caller caller, boolean takesSetIds) {
        Identity who = of(caller);
        return takesSetIds && actsForOthers ? who.losingSetIds() : who;
    }

    private List<Integer> groups(int process) {
        if (process == 0) {
            return List.of();
        }
        try {
            Path status = processes.resolve(Integer.toString(process)).resolve("status");
            return groups(new String(Files.readAllBytes(status), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** What stands behind {@code Groups:}. A process may choose what is in its name, but no line of its own. */
    static List<Integer> groups(String status) {
        int start = status.indexOf(GROUPS);
        int end = start < 0 ? -1 : status.indexOf('\n', start + 1);
        if (end < 0) {
            return List.of();
        }
        StringTokenizer numbers = new StringTokenizer(status.substring(start + GROUPS.length(), end));
        List<Integer> groups = new ArrayList<>(numbers.countTokens());
        while (numbers.hasMoreTokens()) {
            groups.add(Integer.parseUnsignedInt(numbers.nextToken()));
        }
        return groups;
    }
}
