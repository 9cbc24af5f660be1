package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;

class ExtendedAttributesTest {
    private Fixture fixture;

    @BeforeEach
    void setUp() throws Exception {
        fixture = new Fixture();
        fixture.oldFile("f", Fixture.bytes(10, 1));
        fixture.side.attribute("f", "user.colour", bytes("blue"));
        fixture.clock.pass(Duration.ofHours(1));
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    @Test
    void absenceAndValues_areAnsweredFromRam_whileTheAttributesAreBelieved() throws Exception {
        ask();
        long before = fixture.upstream.faults().calls();
        ask();
        assertThat(fixture.upstream.faults().calls()).isEqualTo(before);
    }

    @Test
    void unsupported_isAnsweredFromRamToo() throws Exception {
        fixture.upstream.faults().failAll(Operation.GETXATTR, Errno.EOPNOTSUPP);
        assertThatThrownBy(() -> get("system.acl")).hasMessageContaining("EOPNOTSUPP");
        long before = fixture.upstream.faults().calls();
        assertThatThrownBy(() -> get("system.acl")).hasMessageContaining("EOPNOTSUPP");
        assertThat(fixture.upstream.faults().calls()).isEqualTo(before);
    }

    @Test
    void otherErrors_areAskedAgain() throws Exception {
        fixture.upstream.faults().fail(Operation.GETXATTR, 1, Errno.EIO);
        assertThatThrownBy(() -> get("user.colour")).hasMessageContaining("EIO");
        assertThat(get("user.colour")).isEqualTo("blue");
    }

    @Test
    void whatDidNotChange_isNotAskedAgain_onceItsAttributesWereCheckedAgain() throws Exception {
        ask();
        long asked = questions();
        fixture.clock.pass(Duration.ofSeconds(30));
        ask();
        assertThat(questions()).isEqualTo(asked);
    }

    @Test
    void change_isSeenWithTheNextCheckOfTheAttributes() throws Exception {
        ask();
        fixture.side.attribute("f", "user.colour", bytes("red"));
        fixture.side.attribute("f", "user.none", bytes("some"));
        fixture.clock.pass(Duration.ofSeconds(4));
        assertThat(get("user.colour")).isEqualTo("red");
        assertThat(get("user.none")).isEqualTo("some");
        assertThat(list()).isEqualTo("user.colour\0user.none\0");
    }

    @Test
    void changeWithinOneTickOfTheClock_isSeenWithTheNextCheckToo() throws Exception {
        fixture.side.attribute("f", "user.colour", bytes("red"));
        assertThat(get("user.colour")).isEqualTo("red");
        fixture.side.attribute("f", "user.colour", bytes("green"));
        fixture.clock.pass(Duration.ofSeconds(4));
        assertThat(get("user.colour")).isEqualTo("green");
    }

    @Test
    void answerThatAChangeOvertook_isNotKept() throws Exception {
        long node = fixture.client.walk("f").node();
        fixture.upstream.faults().after(Operation.GETXATTR, () -> {
            fixture.side.attribute("f", "user.colour", bytes("red"));
            fixture.clock.pass(Duration.ofSeconds(4));
            try {
                fixture.client.getattr(node, -1);
            } catch (ErrnoException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(get("user.colour")).isEqualTo("blue");
        assertThat(get("user.colour")).isEqualTo("red");
    }

    @Test
    void whatIsKnown_isAnsweredWhileUpstreamHangs_theRestIsAbsent() throws Exception {
        ask();
        long node = fixture.client.walk("f").node();
        fixture.calls.open();
        assertThat(get(node, "user.colour")).isEqualTo("blue");
        assertThatThrownBy(() -> get(node, "user.other")).hasMessageContaining("ENODATA");
        assertThat(list(node)).isEqualTo("user.colour\0");
    }

    @Test
    void manyAndLongOnes_areAnsweredRight() throws Exception {
        for (int i = 0; i < 3 * Xattr.MOST; i++) {
            fixture.side.attribute("f", "user.a" + i, bytes("v".repeat(i * Xattr.LONGEST / 2)));
        }
        fixture.clock.pass(Duration.ofHours(1));
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 3 * Xattr.MOST; i++) {
                assertThat(get("user.a" + i)).isEqualTo("v".repeat(i * Xattr.LONGEST / 2));
            }
        }
    }

    private void ask() throws ErrnoException {
        assertThat(get("user.colour")).isEqualTo("blue");
        assertThatThrownBy(() -> get("user.none")).hasMessageContaining("ENODATA");
        assertThat(list()).isEqualTo("user.colour\0");
    }

    private long questions() {
        return fixture.upstream.faults().count(Operation.GETXATTR)
                + fixture.upstream.faults().count(Operation.LISTXATTR);
    }

    private String get(String name) throws ErrnoException {
        return get(fixture.client.walk("f").node(), name);
    }

    private String get(long node, String name) throws ErrnoException {
        Client.Answered<byte[]> reply = new Client.Answered<>();
        fixture.files.getxattr(Client.CALLER, node, FileName.of(name), reply);
        return text(Client.get(reply.value));
    }

    private String list() throws ErrnoException {
        return list(fixture.client.walk("f").node());
    }

    private String list(long node) throws ErrnoException {
        Client.Answered<byte[]> reply = new Client.Answered<>();
        fixture.files.listxattr(Client.CALLER, node, reply);
        return text(Client.get(reply.value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
