package org.netcachefs.fuse.internal.libfuse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.internal.libfuse.KernelPages.Use;

class KernelPagesTest {
    private final KernelPages pages = new KernelPages();

    @Test
    void firstOpen_drops_andTheNextOfTheSameNode_keeps() {
        assertThat(pages.open(7, 100)).isEqualTo(Use.DROP);
        pages.release(7);
        assertThat(pages.open(7, 100)).isEqualTo(Use.KEEP);
        assertThat(pages.open(7, 100)).isEqualTo(Use.KEEP);
    }

    @Test
    void anotherNodeByTheSameName_drops_onceTheOldOneIsClosed() {
        pages.open(7, 100);
        pages.release(7);
        assertThat(pages.open(7, 101)).isEqualTo(Use.DROP);
        pages.release(7);
        assertThat(pages.open(7, 100)).isEqualTo(Use.DROP);
    }

    @Test
    void anotherNodeWhileTheOldOneIsOpen_keepsOffThePages_untilItsLastClose() {
        pages.open(7, 100);
        pages.open(7, 100);
        assertThat(pages.open(7, 101)).isEqualTo(Use.NONE);
        pages.release(7);
        assertThat(pages.open(7, 101)).isEqualTo(Use.NONE);
        pages.release(7);
        assertThat(pages.open(7, 101)).isEqualTo(Use.DROP);
    }

    @Test
    void whatWasForgotten_drops() {
        pages.open(7, 100);
        pages.release(7);
        pages.open(7 + (1 << 15), 200);
        assertThat(pages.open(7, 100)).isEqualTo(Use.DROP);
    }

    @Test
    void nodeOpenedByAnotherNameSince_drops() {
        pages.open(7, 100);
        pages.release(7);
        assertThat(pages.open(8, 100)).isEqualTo(Use.DROP);
        pages.release(8);
        assertThat(pages.open(7, 100)).isEqualTo(Use.DROP);
        assertThat(pages.open(7, 100)).isEqualTo(Use.KEEP);
    }

    @Test
    void nodeOpenedByAnotherNameOffItsPages_drops() {
        pages.open(7, 100);
        pages.open(8, 200);
        assertThat(pages.open(8, 100)).isEqualTo(Use.NONE);
        assertThat(pages.open(7, 100)).isEqualTo(Use.DROP);
    }
}
