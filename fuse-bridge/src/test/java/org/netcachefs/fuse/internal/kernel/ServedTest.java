package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.netcachefs.fuse.internal.protocol.Opcode;

class ServedTest {
    private final Served served = new Served();

    private long[] byKind() {
        long[] work = new long[Served.KINDS];
        served.addTo(work);
        return work;
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "32767, 1", "32768, 2", "1048576, 33"})
    void work_isOne_andOneMoreForEach32KiB(int bytes, int work) {
        assertThat(Served.workOf(bytes)).isEqualTo(work);
    }

    @Test
    void smallAndLargeRequests_andOtherOperations_areKindsOfTheirOwn() {
        served.count(Opcode.READ, 1);
        served.count(Opcode.READ, 2);
        served.count(Opcode.READ, 33);
        served.count(Opcode.WRITE, 1);
        assertThat(LongStream.of(byKind()).filter(work -> work > 0)).containsExactlyInAnyOrder(1L, 35L, 1L);
        assertThat(served.total()).isEqualTo(37);
    }

    /** CUSE has such ones, and the kernel may say anything. */
    @ParameterizedTest
    @ValueSource(ints = {4096, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void operationsThatAreUnknown_harmNothing(int opcode) {
        served.count(opcode, 1);
        served.count(opcode, 17);
        assertThat(LongStream.of(byKind()).sum()).isEqualTo(18);
    }
}
