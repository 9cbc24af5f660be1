package org.netcachefs.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Where a command prints: results to {@code out}, everything else as lines {@code netcachefs: ...} to {@code err}. */
record Output(PrintWriter out, PrintWriter err) {
    static Output console() {
        return new Output(writer(System.out), writer(System.err));
    }

    private static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    void line(String text) {
        out.println(text);
        out.flush();
    }

    /** False when nobody reads results any more, as in {@code | head}. */
    boolean isRead() {
        return !out.checkError();
    }

    /** One line, whatever the message holds. */
    void complain(String message) {
        err.println("netcachefs: " + Printable.of(message.strip().replaceAll("\\s*[\\r\\n]+\\s*", "; ")));
        err.flush();
    }
}
