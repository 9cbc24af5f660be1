package org.netcachefs.arch.planted.daemon.pure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Allowed: values in, values out. */
public final class TidyShaper {
    private final Cut cut;
    private final Map<String, long[]> seen = Map.of();

    public TidyShaper(Cut cut) {
        this.cut = cut;
    }

    /** Allowed: a nested value and an exhaustive switch over it. */
    public enum Kind {
        SMALL,
        LARGE
    }

    public List<Slice> shape(Slice whole, Kind kind) {
        List<Slice> parts = new ArrayList<>(cut.of(whole, cut));
        String note = "kind " + kind + whole.length() + seen;
        return switch (kind) {
            case SMALL -> parts;
            case LARGE ->
                Optional.of(note).stream().flatMap(n -> Stream.of(whole)).toList();
        };
    }
}
