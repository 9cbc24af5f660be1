package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;

/** What is trusted later was judged by what upstream had said before it was asked. */
class SettledTest {
    private static final int SIZE = 20_000;

    @Test
    void fillBegunWhileAnotherOpenSeesAChange_isFetchedAgainByTheNextOpen() throws Exception {
        try (Fixture fixture = new Fixture(Fixture.withoutReadahead())) {
            fixture.upstreamClock.tick(Duration.ofSeconds(2));
            fixture.oldFile("f", Fixture.bytes(SIZE, 1));
            try (Client.Open open = fixture.client.open("f")) {
                fixture.volume.cookies.beforeFill.set(() -> {
                    fixture.side.file("f", Fixture.bytes(SIZE, 2));
                    openAndClose(fixture, "f");
                });
                open.read(0, SIZE);
                fixture.drain();
            }
            fixture.side.file("f", Fixture.bytes(SIZE, 3)); // in the same tick of upstream's clock
            fixture.clock.pass(Duration.ofHours(1));
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(SIZE, 3));
        }
    }

    /** By another thread: the one that reads is in the middle of it. */
    private static void openAndClose(Fixture fixture, String name) {
        CompletableFuture.runAsync(() -> {
                    try {
                        fixture.client.open(name).close();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                })
                .join();
    }

    /** The process may stand still in between, as when the machine is suspended. */
    @Test
    void nameThatAppearsAfterItsLookup_isNotRememberedAsAbsent() throws Exception {
        try (Fixture fixture = new Fixture()) {
            fixture.upstream.faults().after(Operation.OPEN, () -> {
                fixture.side.file("f", Fixture.bytes(SIZE, 1));
                fixture.clock.pass(Duration.ofMinutes(10));
            });
            assertThatThrownBy(() -> fixture.client.open("f")).hasMessageContaining("ENOENT");
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(SIZE, 1));
        }
    }
}
