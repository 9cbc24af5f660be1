package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.netfs.Dirents.Dirent;
import org.netcachefs.fuse.FileName;

/**
 * Directories made through us and found empty, in which we changed one name after the other since: any other name is absent, as if upstream had been asked for it when the
 * directory was found empty. So whoever fills one (tar, cp, git) waits for no lookup before each file. A change that failed, or came beside another, a listing, or a look
 * that upstream was asked for, ends that; so does the time for which absent names are believed. Bounded, thread-safe.
 */
final class NewDirectories {
    static final int MOST = 64;
    static final int MOST_NAMES = 1024;

    /** Upstream may find other names under a different spelling (case, encoding, DOS short names, streams), or what no listing shows (.snapshot). */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.+,=@%#-]*[A-Za-z0-9_+,=@%#-])?");

    private final Core core;

    @GuardedBy("this")
    private final Map<Long, Filled> directories = new LinkedHashMap<>(MOST, 0.75f, true);

    private static final class Filled {
        private final Look empty;
        private final Set<String> names = new HashSet<>();
        private long change;

        Filled(Look empty) {
            this.empty = empty;
            change = empty.moment().sequence();
        }
    }

    NewDirectories(Core core) {
        this.core = core;
    }

    /** A directory just made, which was found empty after this look. */
    synchronized void made(long directory, Look empty) {
        directories.values().removeIf(this::isOver);
        directories.put(directory, new Filled(empty));
        if (directories.size() > MOST) {
            directories.remove(directories.keySet().iterator().next());
        }
    }

    /** A change of what the name leads to has succeeded. */
    synchronized void changed(long directory, FileName name, Looks.Change change) {
        Filled filled = directories.get(directory);
        if (filled == null) {
            return;
        }
        String plain = plain(name);
        if (plain != null && filled.change == change.before() && filled.names.size() < MOST_NAMES && !isOver(filled)) {
            filled.names.add(plain);
            filled.change = change.now();
        } else {
            directories.remove(directory);
        }
    }

    /** Somebody may have been shown names that others made there. */
    synchronized void forget(long directory) {
        directories.remove(directory);
    }

    /** What is known of a name that is absent from the directory, of which {@code look} is what is known; null when it may be there. */
    synchronized @Nullable Dirent absent(long directory, Look look, FileName name) {
        Filled filled = directories.get(directory);
        if (filled == null || filled.change != look.moment().sequence()) {
            return null;
        }
        String plain = plain(name);
        boolean isAbsent = plain != null && !filled.names.contains(plain);
        return isAbsent ? new Dirent(0, filled.empty.moment().as(filled.change), look.state()) : null;
    }

    synchronized int size() {
        return directories.size();
    }

    private boolean isOver(Filled filled) {
        long age = core.now() - filled.empty.moment().monotonicNanos();
        return age >= core.config().times().negative().toNanos();
    }

    /** The name without regard to case, or null. */
    private static @Nullable String plain(FileName name) {
        String text = name.toString();
        return PLAIN.matcher(text).matches() ? text.toLowerCase(Locale.ROOT) : null;
    }
}
