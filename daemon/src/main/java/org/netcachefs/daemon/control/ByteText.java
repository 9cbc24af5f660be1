package org.netcachefs.daemon.control;

import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/**
 * Bytes, of names of files above all, as text that loses none of them: UTF-8 as it is, each byte that is not of it as the lone
 * surrogate U+DC00 + byte, which no UTF-8 decodes to.
 */
public final class ByteText {
    private static final int FIRST = 0xdc00;

    private ByteText() {}

    public static String of(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer from = ByteBuffer.wrap(bytes);
        CharBuffer to = CharBuffer.allocate(bytes.length);
        for (CoderResult result = decoder.decode(from, to, true);
                result.isError();
                result = decoder.decode(from, to, true)) {
            for (int i = 0; i < result.length(); i++) {
                to.put((char) (FIRST + (from.get() & 0xff)));
            }
        }
        return to.flip().toString();
    }

    /** The bytes {@link #of} made {@code text} from. */
    public static byte[] bytes(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        text.codePoints().forEach(point -> {
            byte[] some = isByte(point)
                    ? new byte[] {(byte) (point - FIRST)}
                    : Character.toString(point).getBytes(StandardCharsets.UTF_8);
            bytes.write(some, 0, some.length);
        });
        return bytes.toByteArray();
    }

    /** Whether a code point stands for a byte that is not UTF-8. */
    public static boolean isByte(int point) {
        return point >= FIRST + 0x80 && point <= FIRST + 0xff;
    }

    /** Whether no byte of {@code text} is beside UTF-8. */
    public static boolean isUtf8(String text) {
        return text.codePoints().noneMatch(ByteText::isByte);
    }

    /** {@code json} in UTF-8 alone: bytes beside it are escaped, and come back as they were. */
    static String json(JsonObject json) {
        StringBuilder text = new StringBuilder();
        json.toString().codePoints().forEach(point -> {
            if (isByte(point)) {
                text.append(String.format(Locale.ROOT, "\\u%04x", point));
            } else {
                text.appendCodePoint(point);
            }
        });
        return text.toString();
    }

    /** As JSON has what is not UTF-8. */
    public static String base64(String text) {
        return Base64.getEncoder().encodeToString(bytes(text));
    }

    /**
     * The text of {@link #base64}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static String ofBase64(String base64) {
        return of(Base64.getDecoder().decode(base64));
    }
}
