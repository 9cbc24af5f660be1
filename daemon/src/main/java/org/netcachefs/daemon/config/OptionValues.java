package org.netcachefs.daemon.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The options that were given, each checked. Not thread-safe while it is being filled. */
public final class OptionValues {
    private final Map<MountOption<?>, Object> given = new LinkedHashMap<>();

    /** Sets one option; the last one wins. {@code from} tells the user where it stands ("", or "FILE line 3"). */
    public void set(String from, String name, String text) throws RefusedException {
        MountOption<?> option = MountOptions.find(name)
                .orElseThrow(() -> new RefusedException(ExitCode.USAGE, at(from) + MountOptions.unknown(name)));
        try {
            given.put(option, option.parse(text));
        } catch (RefusedException e) {
            throw new RefusedException(e.code(), at(from) + e.getMessage());
        }
    }

    /** Sets what a {@code -o} list says: {@code name=value,name,...}. */
    public void setList(String list) throws RefusedException {
        for (String item : list.split(",", -1)) {
            if (item.isBlank()) {
                continue;
            }
            if (item.strip().equals("rw")) {
                set("-o rw", MountOptions.READ_ONLY.name(), "no");
                continue;
            }
            int equals = item.indexOf('=');
            String name = equals < 0 ? item.strip() : item.substring(0, equals).strip();
            set(
                    "-o " + name,
                    name,
                    equals < 0
                            ? alone("-o " + name, name)
                            : item.substring(equals + 1).strip());
        }
    }

    /** The value of a name given alone: yes for a flag. */
    static String alone(String from, String name) throws RefusedException {
        Optional<MountOption<?>> option = MountOptions.find(name);
        if (option.isPresent() && !option.get().isFlag()) {
            String remedy = name + "=" + option.get().type().label();
            throw new RefusedException(ExitCode.USAGE, at(from) + "needs a value: " + remedy);
        }
        return "yes";
    }

    /** The values here, and those of {@code lower} for what is not given here. */
    public OptionValues over(OptionValues lower) {
        OptionValues all = new OptionValues();
        all.given.putAll(lower.given);
        all.given.putAll(given);
        return all;
    }

    /** The value given, else the default, else nothing. */
    @SuppressWarnings("unchecked")
    public <T> Optional<T> find(MountOption<T> option) {
        Object value = given.get(option);
        if (value == null && !option.defaultText().isEmpty()) {
            value = option.type().parser().parse(option.defaultText());
        }
        return Optional.ofNullable((T) value);
    }

    /** The value of an option that has a default. */
    public <T> T get(MountOption<T> option) {
        return find(option).orElseThrow();
    }

    private static String at(String from) {
        return from.isEmpty() ? "" : from + ": ";
    }
}
