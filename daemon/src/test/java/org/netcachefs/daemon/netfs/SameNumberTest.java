package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where upstream knows objects by number only, a new object may have the number of the one it replaced. */
class SameNumberTest {
    private static final int SIZE = 20_000;

    private Fixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new Fixture(Fixture.withoutReadahead());
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void fileReplacedWhileOpen_isReadAnewByTheNextOpen() throws Exception {
        fixture.oldFile("f", Fixture.bytes(SIZE, 1));
        try (Client.Open open = fixture.client.open("f")) {
            open.read(0, 4096);
            replace("f");
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(SIZE, 2));
        }
    }

    @Test
    void fileReplacedWhileOpen_isReadAnewAlsoIfSomethingElseSawItFirst() throws Exception {
        fixture.oldFile("f", Fixture.bytes(SIZE, 1));
        try (Client.Open open = fixture.client.open("f")) {
            open.read(0, 4096);
            replace("f");
            fixture.clock.pass(Duration.ofHours(1));
            fixture.client.stat("f");
            assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(SIZE, 2));
        }
    }

    @Test
    void directoryReplaced_isListedAnew() throws Exception {
        fixture.side.directory("d");
        fixture.oldFile("d/old", new byte[1]);
        assertThat(fixture.client.list("d")).containsExactly("old");
        fixture.side.replaceKeepingInode("d");
        fixture.side.file("d/new", new byte[1]);
        fixture.clock.pass(Duration.ofHours(1));
        assertThat(fixture.client.list("d")).containsExactly("new");
        assertThat(fixture.client.read("d/new")).hasSize(1);
    }

    private void replace(String path) {
        fixture.side.replaceKeepingInode(path);
        fixture.side.file(path, Fixture.bytes(SIZE, 2));
    }
}
