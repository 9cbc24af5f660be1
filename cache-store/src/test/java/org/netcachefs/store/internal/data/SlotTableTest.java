package org.netcachefs.store.internal.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.Watermarks;

class SlotTableTest {
    private static final int SLOTS = 16;

    private final SlotTable table = new SlotTable(SLOTS, Watermarks.DEFAULT);

    @BeforeEach
    void open() {
        table.open();
    }

    private int[] takeAll() {
        return IntStream.range(0, SLOTS).map(each -> table.takeWhole()).toArray();
    }

    @Test
    void slots_areTakenInTheOrderInWhichTheyLie() {
        assertThat(takeAll()).isSorted();
        assertThat(table.takeWhole()).isNegative();
    }

    /** Blocks of one file lay behind each other backwards once the cache had been full. */
    @Test
    void slotsThatWereCulled_areTakenInTheSameOrderAgain() {
        for (int slot : takeAll()) {
            table.published(64);
            table.unpublish(slot, Place.WHOLE);
        }
        assertThat(table.settle(table.takeFreed())).isEqualTo(SLOTS);
        assertThat(takeAll()).isSorted();
    }
}
