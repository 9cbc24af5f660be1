package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadTest {
    @Test
    void whatCameSince() {
        Load before = new Load(5, 3, 1);
        Load more = new Load(20, 10, 7);
        assertThat(before.plus(more).since(before)).isEqualTo(more);
        assertThat(before.plus(Load.NOTHING)).isEqualTo(before);
    }

    /** Between an eighth and a third it stays as it was, or no kind would last where it is in between. */
    @ParameterizedTest
    @CsvSource({
        "false, 0, false", "false, 333, false", "false, 334, true", "false, 1000, true",
        "true, 1000, true", "true, 125, true", "true, 124, false", "true, 0, false",
    })
    void kind(boolean was, int ofAThousand, boolean is) {
        Load reading = new Load(1000, ofAThousand, 0);
        assertThat(new Load.Kind(was, false).next(reading)).isEqualTo(new Load.Kind(is, false));
        Load ofSeveral = new Load(1000, 0, ofAThousand);
        assertThat(new Load.Kind(false, was).next(ofSeveral)).isEqualTo(new Load.Kind(false, is));
    }

    @Test
    void nothingCame_theKindIsTheSame() {
        for (Load.Kind each : new Load.Kind[] {new Load.Kind(true, false), new Load.Kind(false, true)}) {
            assertThat(each.next(Load.NOTHING)).isEqualTo(each);
        }
    }
}
