package org.netcachefs.fuse.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;

/** Whose the memory of a write is: the receiver's, or the request's until it is done with it. */
class ReceivedBytesTest {
    private final ReceiveBuffers buffers = new ReceiveBuffers(4096);
    private final Pointer memory = buffers.take();
    private final ReceivedBytes bytes = new ReceivedBytes(memory, memory.address() + 80, 100, buffers);

    @Test
    void bytesClosedInTheirCall_leaveTheMemoryToTheReceiver() {
        bytes.close();
        assertThat(bytes.keep()).isFalse();
        assertThat(buffers.take()).isNotSameAs(memory);
    }

    @Test
    void bytesKeptBeyondTheirCall_giveTheMemoryToTheNextReceiver_onceClosed() {
        assertThat(bytes.keep()).isTrue();
        assertThat(bytes.bytes().remaining()).isEqualTo(100);
        bytes.close();
        bytes.close();
        assertThat(buffers.take()).isSameAs(memory);
        assertThat(buffers.take()).as("given back once").isNotSameAs(memory);
        assertThatThrownBy(bytes::bytes).isInstanceOf(IllegalStateException.class);
    }
}
