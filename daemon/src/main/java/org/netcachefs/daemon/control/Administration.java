package org.netcachefs.daemon.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.LogLevel;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.daemon.config.Version;
import org.netcachefs.daemon.netfs.PathSummary;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Mount;
import org.netcachefs.store.CacheException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers administrators of one mount. What changes nothing is answered to everybody, the rest and what tells of single
 * files to the daemon's user and root. Waits for the cache; for upstream some seconds, and only to find out whether a path
 * nothing is known of exists. Thread-safe.
 */
public final class Administration implements ControlHandler {
    private static final Logger log = LoggerFactory.getLogger(Administration.class);
    private static final long DRAIN_SECONDS = 600;
    private static final long UPSTREAM_SECONDS = 5;

    private final Served served;
    private final LogLevels levels;

    public Administration(Served served, LogLevels levels) {
        this.served = served;
        this.levels = levels;
    }

    /** Opens the control socket; see {@link ControlServer}. */
    public ControlServer listen(Path socket) throws IOException {
        return ControlServer.listen(socket, this);
    }

    @Override
    public JsonObject handle(Peer peer, JsonObject request) throws RefusedException {
        return switch (text(request, "command")) {
            case "identify" -> identify();
            case "stat" -> stat(peer, request);
            case "flush" -> flush(privileged(peer, "flush"), request);
            case "umount" -> unmount(privileged(peer, "umount"), request);
            case "log" -> log(privileged(peer, "log"), request);
            default -> throw new RefusedException(ExitCode.USAGE, "unknown command '" + text(request, "command") + "'");
        };
    }

    private JsonObject identify() {
        JsonObject json = new JsonObject();
        json.addProperty("mountpoint", served.plan().mountPoint().toString());
        json.addProperty("upstream", served.plan().upstream().toString());
        json.addProperty("volume", served.plan().volumeName());
        json.addProperty("cache", served.plan().cacheDirectory().toString());
        json.addProperty("pid", ProcessHandle.current().pid());
        json.addProperty("version", Version.current());
        return json;
    }

    private JsonObject stat(Peer peer, JsonObject request) throws RefusedException {
        if (!hasPath(request)) {
            return new StatReport(served).json();
        }
        privileged(peer, "stat of a path");
        List<FileName> names = names(request);
        Optional<PathSummary> known = served.fileSystem().pathSummary(names);
        if (known.isEmpty()) {
            refuseAbsent(names);
        }
        return PathReport.json(inMount(names), known);
    }

    private JsonObject flush(Peer peer, JsonObject request) throws RefusedException {
        JsonObject json = new JsonObject();
        try {
            if (hasPath(request)) {
                json.addProperty("known", flush(names(request)));
            } else {
                served.fileSystem().flushAll();
                json.addProperty("known", true);
            }
        } catch (CacheException e) {
            throw new RefusedException(ExitCode.CACHE_DAMAGED, "cache: " + e.getMessage());
        }
        if (request.has("wait")) {
            drain();
        }
        log.info("flushed {} for {}", hasPath(request) ? inMount(names(request)) : "all", peer.user());
        return json;
    }

    private boolean flush(List<FileName> names) throws RefusedException, CacheException {
        boolean known = served.fileSystem().flush(names);
        if (!known) {
            refuseAbsent(names);
        }
        return known;
    }

    private void refuseAbsent(List<FileName> names) throws RefusedException {
        if (isAbsent(names)) {
            throw new RefusedException(
                    ExitCode.USAGE,
                    inMount(names) + ": no such file or directory (links inside a mount are not followed)");
        }
    }

    /** A {@link ByteText}. */
    private String inMount(List<FileName> names) {
        StringBuilder path = new StringBuilder(served.plan().mountPoint().toString());
        names.forEach(name -> path.append('/').append(ByteText.of(name.bytes())));
        return path.toString();
    }

    /** Upstream that does not answer does not say that it is absent. */
    private boolean isAbsent(List<FileName> names) {
        CompletableFuture<Boolean> absent = served.fileSystem().isAbsent(names).toCompletableFuture();
        try {
            return absent.get(UPSTREAM_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | InterruptedException | ExecutionException e) {
            log.debug("a path nothing is known of was asked for: {}", e.toString());
            return false;
        }
    }

    private void drain() throws RefusedException {
        CompletableFuture<Void> drained = served.cache().drain().toCompletableFuture();
        try {
            drained.get(DRAIN_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | InterruptedException e) {
            throw new RefusedException(
                    ExitCode.BUSY, "flushed, but the space is not free after " + DRAIN_SECONDS + " s");
        } catch (ExecutionException e) {
            throw new RefusedException(ExitCode.CACHE_DAMAGED, "flushed, but the space is not free: " + e.getCause());
        }
    }

    private JsonObject unmount(Peer peer, JsonObject request) throws RefusedException {
        Mount.UnmountMode mode = one(Mount.UnmountMode.class, text(request, "mode"));
        Mount.UnmountOutcome outcome = served.mount().unmount(mode);
        log.info("unmount ({}) for {}: {}", mode, peer.user(), outcome);
        JsonObject json = new JsonObject();
        json.addProperty("outcome", outcome.name().toLowerCase(Locale.ROOT));
        return json;
    }

    private JsonObject log(Peer peer, JsonObject request) throws RefusedException {
        LogLevel level = one(LogLevel.class, text(request, "level"));
        try {
            levels.set(level);
        } catch (IOException e) {
            throw new RefusedException(ExitCode.INTERNAL, "the log level cannot be written: " + e.getMessage());
        }
        log.info("log level {} for {}", level, peer.user());
        return new JsonObject();
    }

    private Peer privileged(Peer peer, String what) throws RefusedException {
        if (!peer.privileged()) {
            throw new RefusedException(
                    ExitCode.NOT_PERMITTED,
                    what + " on " + served.plan().mountPoint() + ": not permitted for " + peer.user()
                            + "; only for the user who mounted it and root");
        }
        return peer;
    }

    private static boolean hasPath(JsonObject request) {
        return request.has("path") || request.has("path_base64");
    }

    /** Of the request's path, relative to the mount point: {@code path}, or {@code path_base64} if it is not UTF-8. */
    private static List<FileName> names(JsonObject request) throws RefusedException {
        String path = text(request, request.has("path_base64") ? "path_base64" : "path");
        try {
            String text = request.has("path_base64") ? ByteText.ofBase64(path) : path;
            return PathText.names(text).stream()
                    .map(name -> FileName.of(ByteText.bytes(name)))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new RefusedException(ExitCode.USAGE, "not a path: " + path);
        }
    }

    private static <E extends Enum<E>> E one(Class<E> values, String text) throws RefusedException {
        for (E value : values.getEnumConstants()) {
            if (value.name().equalsIgnoreCase(text)) {
                return value;
            }
        }
        throw new RefusedException(ExitCode.USAGE, "unknown " + values.getSimpleName() + " '" + text + "'");
    }

    private static String text(JsonObject request, String name) throws RefusedException {
        JsonElement value = request.get(name);
        if (value == null || !value.isJsonPrimitive()) {
            throw new RefusedException(ExitCode.USAGE, "control request without \"" + name + "\"");
        }
        return value.getAsString();
    }
}
