package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.netcachefs.fuse.internal.Libc;
import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.protocol.AnswerBuffers;
import org.netcachefs.fuse.internal.protocol.InterruptDesk;
import org.netcachefs.fuse.internal.protocol.KernelChannel;
import org.netcachefs.fuse.internal.protocol.Origin;
import org.netcachefs.fuse.internal.protocol.ReceiveBuffers;
import org.netcachefs.fuse.internal.protocol.SplicePipes;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReceptionTest {
    private static final int ROOM = 8192;

    private final Way sleeping = new Way(0);
    private final Way nonblocking = new Way(Libc.O_NONBLOCK);
    private final Request request = new Request(sleeping.inlet.origin(), new ReceiveBuffers(ROOM));
    private final Reception reception = new Reception(sleeping.inlet, nonblocking.inlet, ROOM);

    /** A pipe in the place of the kernel. */
    private static final class Way implements AutoCloseable {
        private final int in;
        private final Inlet inlet;

        Way(int flags) {
            long ends = Native.MEMORY.allocateMemory(2 * Integer.BYTES, true);
            assertThat(Native.libc().pipe2(ends, flags)).isZero();
            int out = Native.MEMORY.getInt(ends);
            in = Native.MEMORY.getInt(ends + Integer.BYTES);
            Native.MEMORY.freeMemory(ends);
            Origin origin =
                    new Origin(new KernelChannel(out), new InterruptDesk(), new AnswerBuffers(ROOM), new SplicePipes());
            inlet = new Inlet(out, origin);
        }

        void send(int bytes) {
            long memory = Native.MEMORY.allocateMemory(ROOM, true);
            assertThat(Native.libc().write(in, memory, bytes)).isEqualTo(bytes);
            Native.MEMORY.freeMemory(memory);
        }

        @Override
        public void close() {
            Native.libc().close(in);
            Native.libc().close(inlet.descriptor());
        }
    }

    @AfterEach
    void close() {
        request.close();
        sleeping.close();
        nonblocking.close();
    }

    @Test
    void whatIsThere_isReceivedWithoutSleeping_andAnsweredThatWay() {
        nonblocking.send(80);
        assertThat(reception.next(request, true)).isEqualTo(80);
        assertThat(request.origin()).isSameAs(nonblocking.inlet.origin());
        assertThat(reception.cameLater()).isFalse();
    }

    @Test
    void whenNothingComes_sleeps() {
        sleeping.send(100);
        assertThat(reception.next(request, true)).isEqualTo(100);
        assertThat(request.origin()).isSameAs(sleeping.inlet.origin());
        assertThat(reception.cameLater()).isTrue();
    }

    @Test
    void afterSpinningInVainTwice_sleepsTheNextTime() {
        for (int inVain = 0; inVain < 2; inVain++) {
            sleeping.send(100);
            assertThat(reception.next(request, true)).isEqualTo(100);
            assertThat(reception.cameLater()).isTrue();
        }
        nonblocking.send(80);
        sleeping.send(120);
        assertThat(reception.next(request, true)).isEqualTo(120);
        assertThat(reception.next(request, true)).isEqualTo(80);
    }

    @Test
    void unlessItSpins_sleeps() {
        nonblocking.send(80);
        sleeping.send(120);
        assertThat(reception.next(request, false)).isEqualTo(120);
    }
}
