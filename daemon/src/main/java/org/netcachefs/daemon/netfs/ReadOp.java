package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ReadReply;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie;

/**
 * One read that the cache could not answer at once: its reply, and the attempts at what goes into it. Thread-safe.
 *
 * <p>The reply's buffer is written under this object's lock and only while the request is unanswered, since the kernel
 * may give up on it at any time. The file is in use until all parts have ended, whoever has answered by then. Old and new content are not mixed: if the content changed meanwhile, it is read once more.
 */
final class ReadOp {
    /** A bound for content that seems to change all the time, as that of a file just changed which others keep opening. */
    private static final int MOST_ATTEMPTS = 10;

    private final ReadPath path;
    private final OpenFile file;
    private final ByteRange wanted;
    private final ReadReply reply;
    private final long number;

    @GuardedBy("this")
    private boolean answered;

    @GuardedBy("this")
    private int attempts;

    @GuardedBy("this")
    private boolean usedUpstream;

    ReadOp(ReadPath path, OpenFile file, ByteRange wanted, ReadReply reply, long number) {
        this.path = path;
        this.file = file;
        this.wanted = wanted;
        this.reply = reply;
        this.number = number;
    }

    OpenFile file() {
        return file;
    }

    ByteRange wanted() {
        return wanted;
    }

    void start() {
        if (!file.retain()) {
            reply.error(Errno.EBADF);
            return;
        }
        reply.onInterrupt(this::interrupted);
        attempt();
    }

    private void attempt() {
        synchronized (this) {
            attempts++;
        }
        path.whenMapped(file, wanted, new ReadAttempt(this, path)::issue);
    }

    /** Reads a cached part into the reply. */
    synchronized Cookie.ReadOutcome tryRead(ByteRange part, Cookie cookie) {
        if (answered) {
            return Cookie.ReadOutcome.DONE;
        }
        return cookie.tryRead(part.start(), (int) part.length(), target(part));
    }

    /** Puts bytes for the beginning of a part into the reply. */
    synchronized void copy(ByteRange part, ByteBuffer from) {
        if (!answered) {
            target(part).put(from);
        }
    }

    @GuardedBy("this")
    private ByteBuffer target(ByteRange part) {
        int from = (int) (part.start() - wanted.start());
        return reply.buffer().duplicate().clear().position(from).limit(from + (int) part.length());
    }

    /** All parts of an attempt have ended. */
    void ended(ReadAttempt attempt, ReadAttempt.Result result) {
        boolean again;
        synchronized (this) {
            usedUpstream |= result.usedUpstream();
            again = result.isMixed() && !answered && attempts < MOST_ATTEMPTS;
        }
        if (again) {
            attempt();
        } else {
            finish(attempt, result);
            file.release();
        }
    }

    private void finish(ReadAttempt attempt, ReadAttempt.Result result) {
        Throwable cause = result.failure();
        boolean missed;
        synchronized (this) {
            if (answered) {
                return;
            }
            answered = true;
            missed = usedUpstream;
        }
        if (cause == null) {
            attempt.noteHanded();
            path.count(missed, result.hitBytes(), result.missBytes());
            reply.filled((int) (result.end() - wanted.start()));
        } else {
            path.countFailed();
            reply.error(Failures.errno(cause));
        }
    }

    private void interrupted() {
        synchronized (this) {
            if (answered) {
                return;
            }
            answered = true;
        }
        path.countFailed();
        reply.error(Errno.EINTR);
    }

    void trace(Subrequest part, int bytes, int errno) {
        RequestTrace.ended(number, part, bytes, errno);
    }
}
