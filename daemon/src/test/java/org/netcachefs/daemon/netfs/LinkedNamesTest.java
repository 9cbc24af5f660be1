package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file of several names, one of which leads elsewhere since. */
class LinkedNamesTest {
    private static final int SIZE = 20_000;
    private static final byte[] LINKED = Fixture.bytes(SIZE, 1);
    private static final byte[] OTHER = Fixture.bytes(SIZE, 2);

    private Fixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new Fixture();
        fixture.side.file("a", LINKED);
        fixture.side.link("a", "b");
        fixture.clock.pass(Duration.ofHours(1));
        assertThat(fixture.client.read("a")).isEqualTo(LINKED);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void nameThatWasReplaced_isReadAnewByTheNextOpen() throws Exception {
        fixture.client.walk("b");
        replaceA();
        assertThat(fixture.client.read("a")).isEqualTo(OTHER);
        assertThat(fixture.client.read("b")).isEqualTo(LINKED);
    }

    @Test
    void nameThatStayed_isReadThoughTheOtherWasReplaced() throws Exception {
        fixture.client.walk("b");
        fixture.client.walk("a");
        replaceA();
        assertThat(fixture.client.read("b")).isEqualTo(LINKED);
        assertThat(fixture.client.read("a")).isEqualTo(OTHER);
    }

    @Test
    void nameThatIsGone_isNotFoundByTheNextOpen() throws Exception {
        fixture.client.walk("b");
        fixture.side.rename("a", "c");
        assertThatThrownBy(() -> fixture.client.open("a")).hasMessageContaining("ENOENT");
        assertThat(fixture.client.read("b")).isEqualTo(LINKED);
        assertThat(fixture.client.read("c")).isEqualTo(LINKED);
    }

    @Test
    void manyNames_areEachReadAsTheyAre() throws Exception {
        for (int i = 0; i < 20; i++) {
            fixture.side.link("a", "n" + i);
        }
        for (int i = 0; i < 20; i++) {
            fixture.client.walk("n" + i);
        }
        for (int i = 0; i < 20; i++) {
            fixture.side.file("other", Fixture.bytes(SIZE, i + 10));
            fixture.side.rename("other", "n" + i);
            assertThat(fixture.client.read("n" + i)).isEqualTo(Fixture.bytes(SIZE, i + 10));
        }
        assertThat(fixture.client.read("b")).isEqualTo(LINKED);
    }

    private void replaceA() {
        fixture.side.file("c", OTHER);
        fixture.side.rename("c", "a");
    }
}
