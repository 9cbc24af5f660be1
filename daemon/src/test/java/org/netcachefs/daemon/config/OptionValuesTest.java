package org.netcachefs.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.netcachefs.daemon.netfs.Coherency;
import org.netcachefs.store.Watermarks;

class OptionValuesTest {
    private final OptionValues values = new OptionValues();

    @ParameterizedTest
    @CsvSource({
        "1000,1000",
        "256K,262144",
        "256k,262144",
        "20M,20971520",
        "1G,1073741824",
        "2T,2199023255552",
        "1GiB,1073741824"
    })
    void set_size_countsInPowersOf1024(String text, long bytes) throws RefusedException {
        values.set("", "size", text);
        assertThat(values.find(MountOptions.SIZE)).contains(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "-1", "1.5G", "10X", "G", "0", "99999999999T", "1 G"})
    void set_sizeThatIsNone_namesOptionValueAndRemedy(String text) {
        assertThatThrownBy(() -> values.set("", "size", text))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("--size must be ")
                .hasMessageEndingWith("not '" + text + "'")
                .extracting(e -> ((RefusedException) e).code())
                .isEqualTo(ExitCode.USAGE);
    }

    @ParameterizedTest
    @CsvSource({"250ms,250", "5,5000", "5s,5000", "2m,120000", "1h,3600000", "1d,86400000", "0,0"})
    void set_time_isSecondsWithoutUnit(String text, long millis) throws RefusedException {
        values.set("", "mount-timeout", text);
        assertThat(values.get(MountOptions.MOUNT_TIMEOUT)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({
        "block-size,300K", "block-size,4M", "cull,10:10:3", "cull,a:b:c", "cull,1:2", "coherency,loose",
                "coherency,ttl=0",
        "coherency,ttl=", "transport,none", "log-level,loud", "preallocate,maybe", "ro,perhaps", "mount-timeout,soon",
                "readahead,1G",
        "index-size,1"
    })
    void set_valueThatIsNone_isRefusedWithTheOptionNamed(String name, String text) {
        assertThatThrownBy(() -> values.set("", name, text))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("--" + name + " must be ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void setList_rw_takesAnEarlierRoBack() throws RefusedException {
        values.setList("ro,rw");
        assertThat(values.get(MountOptions.READ_ONLY)).isFalse();
    }

    @Test
    void set_unknownName_saysWhereToLook() {
        assertThatThrownBy(() -> values.set("FILE line 3", "sizes", "1G"))
                .hasMessage("FILE line 3: unknown option 'sizes'; 'netcachefs mount --help' lists them");
    }

    @Test
    void setList_takesMountsNamesOfOptions() throws RefusedException {
        values.setList("allow_other,default_permissions");
        assertThat(values.get(MountOptions.ALLOW_OTHER)).isTrue();
        assertThat(values.get(MountOptions.DEFAULT_PERMISSIONS)).isTrue();
    }

    @Test
    void get_notGiven_isTheDefault() {
        assertThat(values.get(MountOptions.CULL)).isEqualTo(Watermarks.DEFAULT);
        assertThat(values.get(MountOptions.COHERENCY).coherency()).isEqualTo(Coherency.CLOSE_TO_OPEN);
        assertThat(values.get(MountOptions.FORCE)).isFalse();
        assertThat(values.find(MountOptions.SIZE)).isEmpty();
    }

    @Test
    void everyDefault_isAValueOfItsOption() {
        for (MountOption<?> option : MountOptions.ALL) {
            if (!option.defaultText().isEmpty()) {
                assertThat(option.type().parser().parse(option.defaultText())).isNotNull();
            }
        }
    }

    @Test
    void setList_takesValuesAndFlags() throws RefusedException {
        values.setList("size=1G, nodev,cull=20:10:5,,cache=/a b,log_level=debug");
        assertThat(values.find(MountOptions.SIZE)).contains(1L << 30);
        assertThat(values.get(MountOptions.NODEV)).isTrue();
        assertThat(values.get(MountOptions.CULL)).isEqualTo(new Watermarks(20, 10, 5));
        assertThat(values.find(MountOptions.CACHE)).contains(Path.of("/a b"));
        assertThat(values.get(MountOptions.LOG_LEVEL)).isEqualTo(LogLevel.DEBUG);
    }

    @Test
    void setList_valueMissing_saysWhatToWrite() {
        assertThatThrownBy(() -> values.setList("size")).hasMessage("-o size: needs a value: size=SIZE");
    }

    @Test
    void over_theUpperValueWins() throws RefusedException {
        OptionValues lower = new OptionValues();
        lower.setList("size=1G,nodev");
        values.setList("size=2G");
        OptionValues both = values.over(lower);
        assertThat(both.find(MountOptions.SIZE)).contains(2L << 30);
        assertThat(both.get(MountOptions.NODEV)).isTrue();
    }

    @Test
    void coherency_isSpelledAsItWasWritten() throws RefusedException {
        for (String text : new String[] {"close-to-open", "ttl=30s", "immutable", "strict"}) {
            values.set("", "coherency", text);
            assertThat(values.get(MountOptions.COHERENCY)).hasToString(text);
        }
    }
}
