package org.netcachefs.daemon.control;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.netcachefs.daemon.config.RefusedException;

/**
 * The daemons behind a number of sockets, all asked at once who they are: one that hangs does not hold up the others. Not
 * thread-safe.
 */
final class Listeners {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final BlockingQueue<Optional<Listener>> answers = new LinkedBlockingQueue<>();
    private final List<Listener> known = new ArrayList<>();
    private int missing;

    private Listeners(int asked) {
        this.missing = asked;
    }

    /** A daemon that answered. */
    record Listener(Path socket, String mountPoint, long pid) {}

    static Listeners ask(Collection<Path> sockets) {
        Listeners listeners = new Listeners(sockets.size());
        for (Path socket : sockets) {
            Thread thread = new Thread(() -> listeners.answers.add(identify(socket)), "identify");
            thread.setDaemon(true);
            thread.start();
        }
        return listeners;
    }

    /** The first to answer of those that are {@code wanted}; empty when all have answered, or time is up. */
    Optional<Listener> first(Predicate<Listener> wanted) {
        Optional<Listener> match = known.stream().filter(wanted).findFirst();
        while (match.isEmpty() && missing > 0) {
            missing--;
            match = next().filter(wanted);
        }
        return match;
    }

    private Optional<Listener> next() {
        try {
            Optional<Listener> answer = answers.take();
            answer.ifPresent(known::add);
            return answer;
        } catch (InterruptedException e) {
            return Optional.empty();
        }
    }

    private static Optional<Listener> identify(Path socket) {
        JsonObject request = new JsonObject();
        request.addProperty("command", "identify");
        try {
            JsonObject result = ControlClient.ask(socket, request, PATIENCE);
            String mountPoint = result.get("mountpoint").getAsString();
            return Optional.of(
                    new Listener(socket, mountPoint, result.get("pid").getAsLong()));
        } catch (RefusedException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
