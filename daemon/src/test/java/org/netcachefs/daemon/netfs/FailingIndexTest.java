package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.CacheException.Reason;

/** Promise: a cache whose index does not answer slows what is asked of names, attributes and files, and is used again when it does. */
class FailingIndexTest {
    private static final int SIZE = 100_000;

    private Fixture fixture;

    @BeforeEach
    void setUp() throws Exception {
        fixture = new Fixture();
        fixture.side.directory("d");
        fixture.side.directory("d/e");
        fixture.side.file("d/e/new", Fixture.bytes(SIZE, 2));
        fixture.oldFile("d/known", Fixture.bytes(SIZE, 1));
        fixture.client.read("d/known");
        fixture.drain();
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    @Test
    void namesAttributesAndFiles_areAnsweredFromUpstream() throws Exception {
        fixture.volume.fail(Reason.TIMEOUT);
        assertThat(fixture.client.list("d/e")).containsExactly("new");
        assertThat(fixture.client.stat("d/e/new").size()).isEqualTo(SIZE);
        assertThat(fixture.client.read("d/e/new")).isEqualTo(Fixture.bytes(SIZE, 2));
        assertThat(fixture.client.read("d/known")).isEqualTo(Fixture.bytes(SIZE, 1));
        fixture.side.file("d/known", Fixture.bytes(SIZE, 3));
        assertThat(fixture.client.read("d/known")).isEqualTo(Fixture.bytes(SIZE, 3));
    }

    @Test
    void whatWasFirstSeenMeanwhile_isCachedOnceTheIndexAnswers() throws Exception {
        fixture.volume.fail(Reason.TIMEOUT);
        assertThat(fixture.client.read("d/e/new")).isEqualTo(Fixture.bytes(SIZE, 2));
        fixture.volume.fail(null);
        fixture.clock.pass(Duration.ofMinutes(5)); // until names and attributes are asked for again
        assertThat(fixture.client.read("d/e/new")).isEqualTo(Fixture.bytes(SIZE, 2));
        fixture.drain();
        long before = fixture.upstreamBytes();
        assertThat(fixture.client.read("d/e/new")).isEqualTo(Fixture.bytes(SIZE, 2));
        assertThat(fixture.upstreamBytes()).isEqualTo(before);
    }
}
