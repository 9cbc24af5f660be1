package org.netcachefs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class NodeHashTest {
    private static final ObjectKey OBJECT = ObjectKey.of(new byte[] {1, 2, 3});

    private static NodeHash hash(String source) {
        return new NodeHash(new VolumeKey("nfs", source, "/", ""));
    }

    /** As sha256sum(1) says: caches that are there already go by it. */
    @Test
    void id_isThatOfEachVersionBefore() {
        assertThat(hash("server:/export").idOf(OBJECT)).isEqualTo(1109111994234616878L);
    }

    @Test
    void id_isAnotherOfAnotherObjectOrVolume() {
        NodeHash hash = hash("server:/export");
        assertThat(LongStream.of(
                                hash.idOf(OBJECT),
                                hash.idOf(ObjectKey.of(new byte[] {1, 2})),
                                hash("server:/other").idOf(OBJECT))
                        .distinct())
                .hasSize(3);
    }

    @Test
    void ids_askedForByManyAtOnce_areTheSame() {
        NodeHash hash = hash("server:/export");
        assertThat(LongStream.range(0, 100_000)
                        .parallel()
                        .map(i -> hash.idOf(OBJECT))
                        .distinct()
                        .toArray())
                .containsExactly(1109111994234616878L);
    }
}
