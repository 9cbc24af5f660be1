package org.netcachefs.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({"0,0", "1000,1000", "1024,1K", "1536,1536", "262144,256K", "1073741824,1G", "1125899906842624,1024T"})
    void exact_meansTheSameNumber(long bytes, String text) {
        assertThat(Sizes.exact(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0 B", "1023,1023 B", "1024,1.00 KiB", "10752,10.5 KiB", "268435456,256 MiB", "1342177280,1.25 GiB"})
    void readable_hasThreeFigures(long bytes, String text) {
        assertThat(Sizes.readable(bytes)).isEqualTo(text);
    }
}
