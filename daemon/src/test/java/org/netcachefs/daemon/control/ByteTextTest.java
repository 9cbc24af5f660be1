package org.netcachefs.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ByteTextTest {
    @Property
    void bytes_ofAnyKind_comeBack(@ForAll byte[] bytes) {
        assertThat(ByteText.bytes(ByteText.of(bytes))).isEqualTo(bytes);
        assertThat(ByteText.bytes(ByteText.ofBase64(ByteText.base64(ByteText.of(bytes)))))
                .isEqualTo(bytes);
    }

    @Property
    void utf8_isItself(@ForAll String any) {
        byte[] bytes = any.getBytes(StandardCharsets.UTF_8);
        assertThat(ByteText.of(bytes)).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
        assertThat(ByteText.isUtf8(ByteText.of(bytes))).isTrue();
    }

    @Property
    void differentBytes_areDifferentTexts(@ForAll byte[] one, @ForAll byte[] other) {
        assertThat(ByteText.of(one).equals(ByteText.of(other))).isEqualTo(Arrays.equals(one, other));
    }

    @Property
    void bytes_ofAnyKind_comeBackFromJson(@ForAll byte[] bytes) {
        JsonObject json = new JsonObject();
        json.addProperty("message", ByteText.of(bytes));
        String sent = new String(ByteText.json(json).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        String came =
                JsonParser.parseString(sent).getAsJsonObject().get("message").getAsString();
        assertThat(ByteText.bytes(came)).isEqualTo(bytes);
    }

    @Example
    void bytesBesideUtf8_areSeen() {
        // Cut short, too long a form, a surrogate.
        for (String bytes :
                new String[] {"a\u00ff", "\u00c3", "\u00c0\u00af", "\u00ed\u00a0\u0080", "\u00f0\u009f\u0098/"}) {
            String text = ByteText.of(bytes.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(ByteText.isUtf8(text)).as(text).isFalse();
        }
        assertThat(ByteText.of(new byte[] {'a', (byte) 0xff, '/'})).isEqualTo("a\udcff/");
    }
}
