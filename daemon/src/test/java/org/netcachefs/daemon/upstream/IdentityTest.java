package org.netcachefs.daemon.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.netcachefs.daemon.upstream.UpstreamCalls.Body;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;

@Timeout(60)
class IdentityTest {
    @Test
    void manyUsersOnOnePool_areNeverTakenForEachOther() {
        MemoryUpstream tree = new MemoryUpstream();
        try (CallPools pools = CallPools.start("users", tree, UpstreamConfig.DEFAULT, System::nanoTime)) {
            List<CompletableFuture<Identity>> seen = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                Lane lane = Lane.values()[i % Lane.values().length];
                seen.add(pools.run(lane, user(i % 3), UpstreamTree::actor).toCompletableFuture());
            }
            for (int i = 0; i < 1000; i++) {
                assertThat(seen.get(i).join()).isEqualTo(user(i % 3));
            }
        }
    }

    private static Identity user(int number) {
        return new Identity(number, number, number == 0 ? List.of() : List.of(7));
    }

    @Test
    void callsOfTheDaemonItself_areMadeAsTheyAre() {
        Body<String> body = tree -> "as it is";
        assertThat(Identity.OWN.makes(body)).isSameAs(body);
        assertThat(new Identity(0, 0, List.of(4, 27)).makes(body)).isSameAs(body);
        assertThat(new Identity(0, 4, List.of()).makes(body)).isNotSameAs(body);
    }
}
