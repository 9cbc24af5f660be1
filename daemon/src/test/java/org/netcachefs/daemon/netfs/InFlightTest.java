package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie;

class InFlightTest {
    private static final ByteRange BLOCK = new ByteRange(0, 1000);

    private final InFlight inFlight = new InFlight();
    private InFlight.Key key;

    @BeforeEach
    void setUp() throws Exception {
        try (Fixture fixture = new Fixture()) {
            fixture.oldFile("f", new byte[1]);
            Cookie cookie = fixture.volume.acquire(
                    fixture.volume.node(org.netcachefs.store.ObjectKey.of(new byte[] {1}), 0, new byte[] {'f'}),
                    new org.netcachefs.store.CoherencyData(1, 1, 1));
            key = new InFlight.Key(cookie, 0, 1);
        }
    }

    private Fetch claim(int start, int length, int wanted) {
        Fetch fetch = new Fetch(new ByteRange(start, length), true, null);
        return inFlight.claim(key, new ByteRange(start, wanted), fetch);
    }

    @Test
    void claim_ofWhatIsUnderWay_isThatFetch() {
        Fetch first = claim(0, 500, 100);
        assertThat(claim(200, 300, 100)).isSameAs(first);
    }

    @Test
    void claim_leavesOutWhatOthersBringBehindTheWantedPart() {
        claim(500, 500, 500);
        assertThat(claim(0, 1000, 300).range()).isEqualTo(new ByteRange(0, 500));
        assertThat(claim(400, 600, 200).range())
                .as("the wanted part is never cut")
                .isEqualTo(new ByteRange(400, 600));
    }

    @Test
    void gap_isWhatNothingBrings_emptyAtTheEndIfThereIsNone() {
        assertThat(inFlight.gap(key, BLOCK)).isEqualTo(BLOCK);
        claim(0, 300, 300);
        assertThat(inFlight.gap(key, BLOCK)).isEqualTo(new ByteRange(300, 700));
        claim(600, 100, 100);
        assertThat(inFlight.gap(key, BLOCK)).isEqualTo(new ByteRange(300, 300));
        assertThat(inFlight.gap(key, new ByteRange(600, 400))).isEqualTo(new ByteRange(700, 300));
        claim(300, 300, 300);
        claim(700, 300, 300);
        assertThat(inFlight.gap(key, BLOCK)).isEqualTo(new ByteRange(1000, 0));
    }

    @Test
    void gap_besideAnEmptyFetch_goesOn() {
        claim(0, 0, 0);
        assertThat(inFlight.gap(key, BLOCK)).isEqualTo(BLOCK);
    }
}
