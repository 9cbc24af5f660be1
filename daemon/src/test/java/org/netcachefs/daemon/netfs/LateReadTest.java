package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Errno;

/** Reads during which the world goes on: upstream goes and comes back, the reader gives up and closes. */
class LateReadTest {
    private static final int SIZE = 20_000;

    private Fixture fixture;

    @BeforeEach
    void setUp() throws Exception {
        fixture = new Fixture(Fixture.withoutReadahead());
        fixture.oldFile("f", Fixture.bytes(SIZE, 1));
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    @Test
    void checkAskedBeforeUpstreamHung_doesNotVouchAfterwards() throws Exception {
        try (Client.Open open = fixture.client.open("f")) {
            assertThat(open.read(0, SIZE)).isEqualTo(Fixture.bytes(SIZE, 1));
            fixture.drain();
            hangAndComeBack(); // to be checked before its next hit
            CountDownLatch delivered = new CountDownLatch(1);
            long asked = fixture.upstream.faults().count(Operation.FORCED_STATUS);
            fixture.upstream.faults().after(Operation.FORCED_STATUS, () -> join(delivered));
            Client.ReadAnswered first = open.begin(0, SIZE);
            await().until(() -> fixture.upstream.faults().count(Operation.FORCED_STATUS) > asked);
            hangAndComeBack();
            fixture.side.file("f", Fixture.bytes(SIZE, 2));
            Client.ReadAnswered second = open.begin(0, SIZE);
            delivered.countDown();
            first.value.get(20, TimeUnit.SECONDS);
            assertThat(Client.get(second.value)).isEqualTo(Fixture.bytes(SIZE, 2));
        }
    }

    private void hangAndComeBack() {
        fixture.calls.openKeepingCalls();
        fixture.calls.closeCircuit();
    }

    @Test
    void readGivenUp_keepsItsCookieUntilItsPartsAreDone() throws Exception {
        fixture.client.read("f");
        fixture.drain();
        FaultyCookie.Switches cookies = fixture.volume.cookies;
        cookies.holdsReads = true;
        Client.ReadAnswered answer;
        int before;
        try (Client.Open open = fixture.client.open("f")) {
            answer = open.begin(0, SIZE);
            assertThat(cookies.held).hasSize(1);
            answer.interrupt.run();
            assertThat(Client.errnoOf(answer.value)).isEqualTo(Errno.EINTR);
            before = cookies.relinquished.get();
        }
        assertThat(cookies.relinquished).hasValue(before);
        cookies.held.remove().run();
        await().untilAsserted(() -> assertThat(cookies.relinquished).hasValue(before + 1));
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError("nothing interrupts a call on upstream", e);
        }
    }
}
