package org.netcachefs.daemon.config;

/** What a user asked for cannot be done. The message is one line: what, the value or path, the remedy. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final ExitCode code;

    public RefusedException(ExitCode code, String message) {
        super(message);
        this.code = code;
    }

    public ExitCode code() {
        return code;
    }
}
