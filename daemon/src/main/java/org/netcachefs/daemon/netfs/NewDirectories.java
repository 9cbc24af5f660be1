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
 * Directories made through us, in which we changed one name after the other since: any other name is absent, as if upstream had been asked for it when the directory was
 * made. So whoever fills one (tar, cp, git) waits for no lookup before each file. A change that failed, or came beside another, or a look that upstream was asked for,
 * ends that. Bounded, thread-safe.
 */
final class NewDirectories {
    private static final int MOST = 64;
    private static final int MOST_NAMES = 1024;

    /** Upstream may find other names under a different spelling (case, encoding, DOS short names, streams), or what no listing shows (.snapshot). */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.+,=@%#-]*[A-Za-z0-9_+,=@%#-])?");

    @GuardedBy("this")
    private final Map<Long, Filled> directories = new LinkedHashMap<>(MOST, 0.75f, true);

    private static final class Filled {
        private final Look made;
        private final Set<String> names = new HashSet<>();
        private long change;

        Filled(Look made) {
            this.made = made;
            change = made.moment().sequence();
        }
    }

    /** A directory just made. One that was put in its place meanwhile was changed at another time than its content. */
    synchronized void made(Node directory) {
        Look look = directory.look();
        if (look == null
                || !look.attributes().isDirectory()
                || !look.attributes().modified().equals(look.attributes().changed())) {
            return;
        }
        directories.put(directory.id(), new Filled(look));
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
        if (plain != null && filled.change == change.before() && filled.names.size() < MOST_NAMES) {
            filled.names.add(plain);
            filled.change = change.now();
        } else {
            directories.remove(directory);
        }
    }

    /** What is known of a name that is absent from the directory, of which {@code look} is what is known; null when it may be there. */
    synchronized @Nullable Dirent absent(long directory, Look look, FileName name) {
        Filled filled = directories.get(directory);
        if (filled == null || filled.change != look.moment().sequence()) {
            return null;
        }
        String plain = plain(name);
        boolean isAbsent = plain != null && !filled.names.contains(plain);
        return isAbsent ? new Dirent(0, filled.made.moment().as(filled.change), look.state()) : null;
    }

    /** The name without regard to case, or null. */
    private static @Nullable String plain(FileName name) {
        String text = name.toString();
        return PLAIN.matcher(text).matches() ? text.toLowerCase(Locale.ROOT) : null;
    }
}
