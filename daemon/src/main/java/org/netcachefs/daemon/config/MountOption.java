package org.netcachefs.daemon.config;

/**
 * One option of {@code netcachefs mount}: {@code --name value}, {@code -o name=value} and {@code name = value} in the
 * configuration file are the same. {@code defaultText} is what holds when it is not given, "" for nothing; {@code doc} is
 * one or two sentences.
 */
public record MountOption<T>(String name, OptionType<T> type, String defaultText, String doc) {
    /** Whether it may stand alone, meaning yes. */
    public boolean isFlag() {
        return type.label().isEmpty();
    }

    /** The value of {@code text}, or a line that names option, value and remedy. */
    public T parse(String text) throws RefusedException {
        try {
            return type.parser().parse(text);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(ExitCode.USAGE, "--" + name + " " + e.getMessage() + ", not '" + text + "'");
        }
    }
}
