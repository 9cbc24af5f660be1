package org.netcachefs.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.netcachefs.daemon.config.Sizes;
import org.netcachefs.daemon.control.ByteText;

/** The answers to {@code stat} for people. */
final class StatText {
    private StatText() {}

    static String mount(JsonObject all) {
        JsonObject mount = all.getAsJsonObject("mount");
        JsonObject cache = all.getAsJsonObject("cache");
        StringBuilder text = new StringBuilder();
        row(
                text,
                "mount",
                string(mount, "upstream") + " on " + string(mount, "mountpoint") + ", pid " + number(mount, "pid")
                        + ", up " + time(number(mount, "uptime_ns")));
        row(text, "upstream", string(mount, "connectivity") + ", " + upstream(all.getAsJsonObject("upstream")));
        row(text, "cache", health(cache) + ", " + string(cache, "directory"));
        row(
                text,
                "disk",
                size(cache, "disk_bytes") + " of " + size(cache, "size_bytes") + ", "
                        + size(all.getAsJsonObject("slots"), "used_bytes") + " cached, index "
                        + size(cache, "index_bytes"));
        row(text, "reads", reads(all.getAsJsonObject("reads")));
        row(text, "fills", fills(all.getAsJsonObject("fills")));
        row(
                text,
                "culled",
                number(all.getAsJsonObject("cull"), "culled") + " slots in "
                        + number(all.getAsJsonObject("cull"), "runs") + " runs");
        row(text, "errors", errors(all.getAsJsonObject("errors")));
        row(text, "memory", size(all.getAsJsonObject("gauges"), "rss_bytes") + " resident");
        return text.toString();
    }

    static String path(JsonObject path) {
        StringBuilder text = new StringBuilder();
        row(
                text,
                "path",
                path.has("path_base64") ? ByteText.ofBase64(string(path, "path_base64")) : string(path, "path"));
        if (path.get("type").isJsonNull()) {
            row(text, "cached", "nothing is known of it");
            return text.toString();
        }
        row(text, "type", string(path, "type"));
        row(
                text,
                "cached",
                size(path, "cached_bytes") + " of " + size(path, path.has("files") ? "files_bytes" : "size_bytes"));
        if (path.has("files")) {
            row(text, "files", number(path, "cached_files") + " of " + number(path, "files") + " known");
        }
        row(text, "validity", string(path, "validity") + checked(path.get("checked_unix_ns")));
        row(text, "open", number(path, "open_handles") + " handles");
        return text.toString();
    }

    private static String checked(JsonElement nanos) {
        return nanos.isJsonNull() ? "" : ", checked " + Instant.ofEpochSecond(nanos.getAsLong() / 1_000_000_000L);
    }

    private static String health(JsonObject cache) {
        String reason = string(cache, "health_reason");
        return string(cache, "health")
                + (reason.isEmpty() ? "" : " (" + reason + ")")
                + (cache.get("recovering").getAsBoolean() ? ", recovering" : "");
    }

    private static String upstream(JsonObject upstream) {
        return number(upstream, "calls") + " calls, " + size(upstream, "read_bytes") + " read, "
                + number(upstream, "errors") + " errors, " + number(upstream, "timeouts") + " timeouts";
    }

    private static String reads(JsonObject reads) {
        JsonElement ratio = reads.get("hit_ratio");
        return number(reads, "requests") + " requests, " + size(reads, "hit_bytes") + " from the cache, "
                + size(reads, "miss_bytes") + " from upstream"
                + (ratio.isJsonNull() ? "" : String.format(Locale.ROOT, ", %.1f %% hits", 100 * ratio.getAsDouble()));
    }

    private static String fills(JsonObject fills) {
        return size(fills, "bytes") + ", " + size(fills, "pending_bytes") + " pending, " + size(fills, "dropped_bytes")
                + " dropped";
    }

    private static String errors(JsonObject errors) {
        return number(errors, "checksum") + " checksum, " + number(errors, "index") + " index, " + number(errors, "io")
                + " I/O";
    }

    private static String time(long nanos) {
        Duration time = Duration.ofNanos(nanos);
        return time.toDays() > 0
                ? time.toDays() + " d " + time.toHoursPart() + " h"
                : time.toHours() > 0
                        ? time.toHours() + " h " + time.toMinutesPart() + " min"
                        : time.toMinutes() > 0
                                ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
                                : time.toSeconds() + " s";
    }

    private static void row(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-9s %s%n", name, Printable.of(value)));
    }

    private static String size(JsonObject json, String field) {
        return Sizes.readable(number(json, field));
    }

    private static long number(JsonObject json, String field) {
        return json.get(field).getAsLong();
    }

    private static String string(JsonObject json, String field) {
        return json.get(field).getAsString();
    }
}
