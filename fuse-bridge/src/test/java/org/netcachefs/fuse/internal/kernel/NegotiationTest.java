package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.protocol.AnswerLayout;
import org.netcachefs.fuse.internal.protocol.InitFlags;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.Opcode;

class NegotiationTest {
    private final Pointer request = Native.RUNTIME.getMemoryManager().allocateDirect(104, true);
    private final Pointer answer = Native.RUNTIME.getMemoryManager().allocateDirect(64, true);

    private boolean negotiate(int opcode, int major, int minor, int flags) throws ErrnoException {
        request.putInt(0, 104);
        request.putInt(4, opcode);
        request.putInt(40, major);
        request.putInt(44, minor);
        request.putInt(48, 128 << 10);
        request.putInt(52, flags);
        Message message = new Message();
        assertThat(message.read(request.address(), 104)).isTrue();
        return Negotiation.answer(message, 1 << 20, answer.address());
    }

    @Test
    void newKernel_isTakenAtWhatBothSpeak() throws ErrnoException {
        assertThat(negotiate(Opcode.INIT, 7, 45, -1)).isTrue();
        assertThat(answer.getInt(AnswerLayout.Init.MAJOR)).isEqualTo(7);
        assertThat(answer.getInt(AnswerLayout.Init.MINOR)).isEqualTo(38);
        assertThat(answer.getInt(AnswerLayout.Init.MAX_WRITE)).isEqualTo(1 << 20);
        assertThat(answer.getShort(AnswerLayout.Init.MAX_PAGES)).isEqualTo((short) 256);
        assertThat(answer.getInt(AnswerLayout.Init.MAX_READAHEAD)).isEqualTo(1 << 20);
    }

    @Test
    void whatWouldBreakAPromise_isNeverTaken() throws ErrnoException {
        negotiate(Opcode.INIT, 7, 45, -1);
        int flags = answer.getInt(AnswerLayout.Init.FLAGS);
        assertThat(flags & InitFlags.FUSE_WRITEBACK_CACHE).isZero();
        assertThat(flags & InitFlags.FUSE_EXPLICIT_INVAL_DATA).isZero();
        assertThat(flags & InitFlags.FUSE_CACHE_SYMLINKS).isZero();
        assertThat(flags & InitFlags.FUSE_ASYNC_DIO).isZero();
        assertThat(flags & InitFlags.FUSE_MAX_PAGES).isNotZero();
        assertThat(flags & InitFlags.FUSE_HANDLE_KILLPRIV_V2).isNotZero();
    }

    @Test
    void whatIsNotOffered_isNotTaken() throws ErrnoException {
        assertThat(negotiate(Opcode.INIT, 7, 31, InitFlags.FUSE_ASYNC_READ)).isTrue();
        assertThat(answer.getInt(AnswerLayout.Init.MINOR)).isEqualTo(31);
        assertThat(answer.getInt(AnswerLayout.Init.FLAGS)).isEqualTo(InitFlags.FUSE_ASYNC_READ);
    }

    @Test
    void kernelOfALaterVersion_isToldOurs_andAsksAgain() throws ErrnoException {
        assertThat(negotiate(Opcode.INIT, 8, 0, -1)).isFalse();
        assertThat(answer.getInt(AnswerLayout.Init.MAJOR)).isEqualTo(7);
    }

    @Test
    void oldKernel_andAnythingElse_isRefused() {
        assertThatThrownBy(() -> negotiate(Opcode.INIT, 7, 30, -1))
                .hasMessageContainingAll("7.30", "Linux 5.4", "--transport=libfuse");
        assertThatThrownBy(() -> negotiate(Opcode.LOOKUP, 7, 40, -1)).hasMessageContaining("lookup");
    }
}
