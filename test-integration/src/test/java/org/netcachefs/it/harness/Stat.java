package org.netcachefs.it.harness;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

/** One object of {@code netcachefs stat --json}. Fields are named by a dotted path: {@code slots.used_bytes}. */
public record Stat(JsonObject json) {
    public static Stat parse(String text) {
        return new Stat(JsonParser.parseString(text).getAsJsonObject());
    }

    public long number(String field) {
        return element(field).getAsLong();
    }

    public double real(String field) {
        return element(field).getAsDouble();
    }

    public String text(String field) {
        return element(field).getAsString();
    }

    public boolean flag(String field) {
        return element(field).getAsBoolean();
    }

    public JsonElement element(String field) {
        JsonElement at = json;
        for (String part : field.split("\\.")) {
            at = at.getAsJsonObject().get(part);
            if (at == null) {
                throw new AssertionError("no " + field + " in " + json);
            }
        }
        return at;
    }
}
