package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
    private static final int BLOCK = 256 << 10;

    private final BufferPool pool = new BufferPool(5L * BLOCK, BLOCK);

    private static List<BufferPool.Lease> take(BufferPool pool, int bytes, int count) {
        List<BufferPool.Lease> leases = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pool.lease(bytes, leases::add);
        }
        return leases;
    }

    @Test
    void emptyPool_callsTheFirstWhoAsked_whenABufferComesBack() {
        List<BufferPool.Lease> held = take(pool, BLOCK, 4);
        assertThat(held).hasSize(4);
        List<String> served = new ArrayList<>();
        pool.lease(BLOCK, lease -> served.add("first"));
        pool.lease(BLOCK, lease -> served.add("second"));
        assertThat(served).isEmpty();
        held.get(0).close();
        assertThat(served).containsExactly("first");
        held.get(1).close();
        assertThat(served).containsExactly("first", "second");
    }

    @Test
    void takersWhoGiveBackAtOnce_areServedWithoutNesting() {
        List<BufferPool.Lease> held = take(pool, BLOCK, 4);
        int[] served = new int[1];
        for (int i = 0; i < 100_000; i++) {
            pool.lease(BLOCK, lease -> {
                served[0]++;
                lease.close();
            });
        }
        held.forEach(BufferPool.Lease::close);
        assertThat(served[0]).isEqualTo(100_000);
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void smallRequests_takeSmallBuffers() {
        List<BufferPool.Lease> held = take(pool, 4096, 1);
        assertThat(held.get(0).buffer().capacity()).isEqualTo(BufferPool.SMALL_BYTES);
        assertThat(pool.usedBytes()).isEqualTo(BufferPool.SMALL_BYTES);
        held.get(0).close();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void spareBuffers_leaveHalfForThoseWhoMust() {
        List<BufferPool.Lease> spare = new ArrayList<>();
        for (BufferPool.Lease one = pool.leaseSpare(BLOCK); one != null; one = pool.leaseSpare(BLOCK)) {
            spare.add(one);
        }
        assertThat(spare).hasSize(2);
        assertThat(take(pool, BLOCK, 2)).hasSize(2);
        assertThat(pool.leaseNow(BLOCK)).isNull();
        spare.forEach(BufferPool.Lease::close);
        assertThat(pool.leaseSpare(BLOCK)).isNotNull();
    }
}
