package org.netcachefs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void controlCharactersAndBackslashes_areOctal_andNothingElse() {
        assertThat(Printable.of("a\nb\tc\u001b[31m\u007f\\")).isEqualTo("a\\012b\\011c\\033[31m\\177\\134");
        assertThat(Printable.of("\u009b1m \u202e")).isEqualTo("\\302\\2331m \\342\\200\\256");
        assertThat(Printable.of("a\udcff \udc80")).isEqualTo("a\\377 \\200");
        assertThat(Printable.of("größe 100 % \ud83d\ude00")).isEqualTo("größe 100 % \ud83d\ude00");
    }

    @Test
    void path_isOneRow_andComplaintsAreOneLine() {
        JsonObject path = new JsonObject();
        path.addProperty("path", "/m/two\nlines\u001b[2J");
        path.add("type", JsonNull.INSTANCE);
        assertThat(StatText.path(path).lines()).hasSize(2).first().asString().endsWith("/m/two\\012lines\\033[2J");
        StringWriter err = new StringWriter();
        new Output(new PrintWriter(new StringWriter()), new PrintWriter(err)).complain("/m/\u001b[2Jx: not there");
        assertThat(err.toString()).isEqualTo("netcachefs: /m/\\033[2Jx: not there" + System.lineSeparator());
    }
}
