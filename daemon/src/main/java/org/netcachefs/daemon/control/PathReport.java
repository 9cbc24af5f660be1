package org.netcachefs.daemon.control;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.netcachefs.daemon.netfs.PathSummary;
import org.netcachefs.fuse.FileType;

/** {@code stat --json} of a path in the mount, schema 1. */
final class PathReport {
    private PathReport() {}

    /** Of {@code path}, a {@link ByteText}. */
    static JsonObject json(String path, Optional<PathSummary> known) {
        JsonObject json = new JsonObject();
        json.addProperty("schema", 1);
        json.addProperty("path", new String(ByteText.bytes(path), StandardCharsets.UTF_8));
        if (!ByteText.isUtf8(path)) {
            json.addProperty("path_base64", ByteText.base64(path));
        }
        if (known.isPresent()) {
            summary(json, known.get());
        } else {
            unknown(json);
        }
        return json;
    }

    private static void summary(JsonObject json, PathSummary summary) {
        json.addProperty("type", spelled(summary.type()));
        json.addProperty("size_bytes", summary.sizeBytes());
        json.addProperty("cached_bytes", summary.cachedBytes());
        json.addProperty("validity", spelled(summary.validity()));
        if (summary.checkedUnixNanos().isPresent()) {
            json.addProperty("checked_unix_ns", summary.checkedUnixNanos().getAsLong());
        } else {
            json.add("checked_unix_ns", JsonNull.INSTANCE);
        }
        json.addProperty("pinned", summary.pinned());
        json.addProperty("open_handles", summary.openHandles());
        if (summary.type() == FileType.DIRECTORY) {
            json.addProperty("files", summary.below().files());
            json.addProperty("cached_files", summary.below().cachedFiles());
            json.addProperty("files_bytes", summary.below().bytes());
        }
    }

    private static void unknown(JsonObject json) {
        json.add("type", JsonNull.INSTANCE);
        json.add("size_bytes", JsonNull.INSTANCE);
        json.addProperty("cached_bytes", 0);
        json.addProperty("validity", spelled(PathSummary.Validity.ABSENT));
        json.add("checked_unix_ns", JsonNull.INSTANCE);
        json.addProperty("pinned", false);
        json.addProperty("open_handles", 0);
    }

    private static String spelled(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
