package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.Opcode;
import org.netcachefs.fuse.internal.protocol.RequestLayout;

class ServedTest {
    private final Served served = new Served();
    private final Pointer memory = Native.RUNTIME.getMemoryManager().allocateDirect(RequestLayout.Header.END, true);

    private void serve(int opcode, int asker) {
        memory.putInt(RequestLayout.Header.LEN, RequestLayout.Header.END);
        memory.putInt(RequestLayout.Header.OPCODE, opcode);
        memory.putInt(RequestLayout.Header.PID, asker);
        Message message = new Message();
        assertThat(message.read(memory.address(), RequestLayout.Header.END)).isTrue();
        served.count(message);
    }

    /** They have no thread. */
    @Test
    void whatTheKernelAsksForItself_isNotAnotherAsker() {
        serve(Opcode.READ, 7);
        Load before = served.load();
        serve(Opcode.RELEASE, 0);
        serve(Opcode.READ, 7);
        assertThat(served.load().since(before)).isEqualTo(new Load(2, 1, 0));
    }

    @Test
    void readsAndChanges_areCounted() {
        serve(Opcode.READ, 7);
        serve(Opcode.READ, 7);
        serve(Opcode.GETATTR, 8);
        serve(Opcode.READ, 7);
        assertThat(served.load()).isEqualTo(new Load(4, 3, 3));
    }
}
