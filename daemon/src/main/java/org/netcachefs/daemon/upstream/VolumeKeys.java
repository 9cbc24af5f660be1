package org.netcachefs.daemon.upstream;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import org.netcachefs.daemon.upstream.internal.MountOfPath;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.MountEntry;
import org.netcachefs.store.VolumeKey;

/** Makes {@link VolumeKey}s and the directory names derived from them. */
public final class VolumeKeys {
    private static final Path UUIDS = Path.of("/dev/disk/by-uuid");

    /** The mount source of these may be any text, the same for many of them. */
    private static final Set<String> NAMELESS = Set.of("tmpfs", "ramfs", "overlay");

    private static final int LONGEST_NAME = 100;
    private static final int HASH_DIGITS = 8;

    private VolumeKeys() {}

    /** The key of the tree below the directory {@code root}, from mountinfo. */
    public static VolumeKey of(Path root) throws ErrnoException {
        MountOfPath place = MountOfPath.find(root);
        MountEntry mount = place.mount();
        return new VolumeKey(mount.type(), source(mount), place.pathInFileSystem(), uuid(mount.source()));
    }

    private static String source(MountEntry mount) {
        String source = mount.source();
        boolean anyText = NAMELESS.contains(mount.type()) || mount.type().startsWith("fuse");
        boolean tells = source.contains("/") || source.contains(":");
        return anyText && !tells ? source + "@" + mount.mountPoint() : source;
    }

    /** The name udev gave the file system on this block device; "" if none. */
    private static String uuid(String source) {
        if (!source.startsWith("/dev/") || !Files.isDirectory(UUIDS)) {
            return "";
        }
        try (DirectoryStream<Path> links = Files.newDirectoryStream(UUIDS)) {
            Path device = Path.of(source).toRealPath();
            for (Path link : links) {
                if (link.toRealPath().equals(device)) {
                    return String.valueOf(link.getFileName());
                }
            }
        } catch (IOException e) {
            return ""; // a device that went away, or a by-uuid link to one: known by its source only
        }
        return "";
    }

    /** A directory name for the volume: readable, another one for each volume, at most 100 characters of [A-Za-z0-9._-]. */
    public static String volumeName(VolumeKey key) {
        String readable = (key.type() + "-" + key.source() + "-" + key.root())
                .replaceAll("[^A-Za-z0-9._]+", "-")
                .replaceAll("^[-.]+|-+$", "");
        int most = LONGEST_NAME - HASH_DIGITS - 1;
        String start = readable.length() <= most ? readable : readable.substring(0, most);
        return start.isEmpty() ? hash(key) : start + "-" + hash(key);
    }

    private static String hash(VolumeKey key) {
        String text = String.join("\0", key.type(), key.source(), key.root(), key.uuid());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
