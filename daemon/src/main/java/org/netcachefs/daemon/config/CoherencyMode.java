package org.netcachefs.daemon.config;

import java.time.Duration;
import java.util.List;
import org.netcachefs.daemon.netfs.Coherency;

/** The value of {@code coherency}; {@code ttl} is 0 unless the mode is TTL. */
public record CoherencyMode(Coherency coherency, Duration ttl) {
    private static final String CHOICES = "close-to-open|ttl=TIME|immutable|strict";

    static OptionType<CoherencyMode> type() {
        return new OptionType<>(CHOICES, List.of("close-to-open", "ttl=", "immutable", "strict"), CoherencyMode::parse);
    }

    private static CoherencyMode parse(String text) {
        return switch (text) {
            case "close-to-open" -> new CoherencyMode(Coherency.CLOSE_TO_OPEN, Duration.ZERO);
            case "immutable" -> new CoherencyMode(Coherency.IMMUTABLE, Duration.ZERO);
            case "strict" -> new CoherencyMode(Coherency.STRICT, Duration.ZERO);
            default -> ttl(text);
        };
    }

    private static CoherencyMode ttl(String text) {
        if (!text.startsWith("ttl=")) {
            throw new IllegalArgumentException("must be " + CHOICES);
        }
        Duration ttl = OptionType.time(text.substring("ttl=".length()));
        if (ttl.isZero()) {
            throw new IllegalArgumentException("must be ttl=TIME with a time above 0");
        }
        return new CoherencyMode(Coherency.TTL, ttl);
    }

    /** As it was written. */
    @Override
    public String toString() {
        return switch (coherency) {
            case CLOSE_TO_OPEN -> "close-to-open";
            case TTL -> "ttl=" + ttl.toSeconds() + "s";
            case IMMUTABLE -> "immutable";
            case STRICT -> "strict";
        };
    }
}
