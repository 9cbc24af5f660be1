package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.SetAttributes;

/** Whatever is cached, nobody reads what upstream would not let him, and what he makes upstream is his. */
class AccessTest {
    private static final Caller ALICE = new Caller(1234, 1234, 0);
    private static final Caller BOB = new Caller(4321, 4321, 0);
    private static final byte[] SECRET = "secret".getBytes(StandardCharsets.US_ASCII);

    private Fixture fixture;
    private Client alice;
    private Client bob;

    private void start(Coherency coherency) throws Exception {
        fixture = Fixture.writable(Fixture.with(coherency, Duration.ofHours(1)));
        alice = fixture.client.as(ALICE);
        bob = fixture.client.as(BOB);
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    private void file(String name, int mode) {
        fixture.side.file(name, SECRET);
        fixture.side.owner(name, 1234, 1234);
        fixture.side.mode(name, mode);
        fixture.clock.pass(Duration.ofHours(1));
    }

    private interface Act {
        Object act() throws ErrnoException;
    }

    private static Errno errnoOf(Act act) {
        ErrnoException refused = catchThrowableOfType(ErrnoException.class, act::act);
        assertThat(refused).as("an error").isNotNull();
        return refused.errno();
    }

    private long opened() {
        return fixture.upstream.faults().count(Operation.OPEN_DATA);
    }

    @ParameterizedTest
    @EnumSource(Coherency.class)
    void cachedFile_isReadByWhomUpstreamLets_andRefusedToOthers(Coherency coherency) throws Exception {
        start(coherency);
        file("f", 0600);
        assertThat(alice.read("f")).isEqualTo(SECRET);
        fixture.drain();
        assertThat(errnoOf(() -> bob.read("f"))).isEqualTo(Errno.EACCES);
        assertThat(fixture.client.read("f")).isEqualTo(SECRET);
        assertThat(errnoOf(() -> bob.read("f"))).isEqualTo(Errno.EACCES);
        assertThat(alice.read("f")).isEqualTo(SECRET);
        assertThat(fixture.upstreamBytes()).as("read from upstream").isLessThanOrEqualTo(2L * SECRET.length);
    }

    @Test
    void grant_isAskedForOnce_whileAttributesAreBelieved() throws Exception {
        start(Coherency.IMMUTABLE);
        file("f", 0600);
        alice.read("f");
        fixture.drain();
        long before = opened();
        alice.read("f");
        assertThat(opened()).isEqualTo(before);
        fixture.clock.pass(Duration.ofSeconds(61));
        alice.read("f");
        assertThat(opened()).isEqualTo(before + 1);
    }

    @Test
    void grant_endsWithAChangeOfTheFile() throws Exception {
        start(Coherency.CLOSE_TO_OPEN);
        file("f", 0644);
        assertThat(bob.read("f")).isEqualTo(SECRET);
        fixture.side.mode("f", 0600);
        assertThat(errnoOf(() -> bob.read("f"))).isEqualTo(Errno.EACCES);
        assertThat(alice.read("f")).isEqualTo(SECRET);
    }

    @Test
    void whileUpstreamHangs_onlyGrantsGivenBeforeCount() throws Exception {
        start(Coherency.CLOSE_TO_OPEN);
        file("f", 0600);
        assertThat(alice.read("f")).isEqualTo(SECRET);
        fixture.drain();
        long node = fixture.client.walk("f").node();
        fixture.calls.open();
        fixture.clock.pass(Duration.ofMinutes(10));
        try (Client.Open open = alice.openNode(node)) {
            assertThat(open.read(0, 100)).isEqualTo(SECRET);
        }
        assertThat(errnoOf(() -> bob.openNode(node))).isEqualTo(Errno.EIO);
    }

    @Test
    void rootsOwnReads_askForNoRight() throws Exception {
        start(Coherency.CLOSE_TO_OPEN);
        fixture.oldFile("f", SECRET);
        fixture.client.read("f");
        fixture.drain();
        long before = opened();
        fixture.client.read("f");
        assertThat(opened()).isEqualTo(before);
        assertThat(fixture.upstream.faults().count(Operation.ACCESS)).isZero();
    }

    @Test
    void whoMayOnlyRunAFile_runsIt() throws Exception {
        start(Coherency.CLOSE_TO_OPEN);
        file("f", 0711);
        long node = fixture.client.walk("f").node();
        assertThat(errnoOf(() -> bob.openNode(node))).isEqualTo(Errno.EACCES);
        try (Client.Open run = bob.openNode(node, new OpenFlags(OpenFlags.FMODE_EXEC))) {
            assertThat(run.read(0, 100)).isEqualTo(SECRET);
        }
        assertThat(errnoOf(() -> bob.openNode(node))).isEqualTo(Errno.EACCES);
    }

    @Test
    void directory_isListedByWhomUpstreamLets_andRefusedToOthers() throws Exception {
        start(Coherency.CLOSE_TO_OPEN);
        fixture.side.directory("d");
        fixture.side.file("d/f", SECRET);
        fixture.side.owner("d", 1234, 1234);
        fixture.side.mode("d", 0711);
        fixture.clock.pass(Duration.ofHours(1));
        assertThat(alice.list("d")).containsExactly("f");
        assertThat(errnoOf(() -> bob.list("d"))).isEqualTo(Errno.EACCES);
        assertThat(alice.list("d")).containsExactly("f");
    }

    @Test
    void whatIsMade_isItsMakers() throws Exception {
        start(Coherency.CLOSE_TO_OPEN);
        fixture.side.mode("", 0777);
        alice.create("a", OpenFlags.O_RDWR).end();
        bob.create("b", OpenFlags.O_RDWR).end();
        fixture.client.create("r", OpenFlags.O_RDWR).end();
        assertThat(fixture.side.ownersOf("a")).isEqualTo(List.of(1234, 1234));
        assertThat(fixture.side.ownersOf("b")).isEqualTo(List.of(4321, 4321));
        assertThat(fixture.side.ownersOf("r")).isEqualTo(List.of(0, 0));
        long node = fixture.client.walk("a").node();
        assertThat(errnoOf(() -> bob.set(node, mode(0666)))).isEqualTo(Errno.EPERM);
        assertThat(alice.set(node, mode(0666)).mode() & 07777).isEqualTo(0666);
    }

    private static SetAttributes mode(int mode) {
        return new SetAttributes(mode, null, null, null, null, null, null);
    }

    @Test
    void setIdBits_areTakenAwayForAWriterWhoIsNotTheOwner_andNothingElseIs() throws Exception {
        start(Coherency.CLOSE_TO_OPEN);
        file("f", 06775);
        long node = fixture.client.walk("f").node();
        assertThat(errnoOf(() -> bob.set(node, mode(04777)))).isEqualTo(Errno.EPERM);
        assertThat(errnoOf(() -> bob.set(node, mode(0755)))).isEqualTo(Errno.EPERM);
        assertThat(bob.set(node, mode(0775)).mode() & 07777).isEqualTo(0775);
        assertThat(errnoOf(() -> bob.set(node, mode(0775)))).isEqualTo(Errno.EPERM);
    }

    @Test
    void fileItsMakerMayNotOpen_isReadThroughTheHandleThatMadeIt() throws Exception {
        start(Coherency.CLOSE_TO_OPEN);
        Client.Open file = fixture.client.create("f", OpenFlags.O_RDWR, 0);
        file.write(0, SECRET);
        file.flush();
        fixture.files.flushAll();
        assertThat(file.read(0, 100)).isEqualTo(SECRET);
        file.end();
        assertThat(errnoOf(() -> fixture.client.read("f"))).isEqualTo(Errno.EACCES);
    }

    @Test
    void openFile_staysReadable_whateverBecomesOfItsModeAndFolder() throws Exception {
        start(Coherency.CLOSE_TO_OPEN);
        fixture.side.directory("d");
        fixture.side.owner("d", 1234, 1234);
        fixture.side.file("d/f", Fixture.bytes(3 * Fixture.BLOCK, 1));
        fixture.side.owner("d/f", 1234, 1234);
        fixture.clock.pass(Duration.ofHours(1));
        try (Client.Open open = alice.open("d/f")) {
            fixture.side.mode("d/f", 0400);
            fixture.side.mode("d", 0);
            fixture.side.owner("d/f", 0, 0);
            fixture.clock.pass(Duration.ofHours(1));
            assertThat(open.read(2L * Fixture.BLOCK, 100)).hasSize(100);
            assertThat(bob.getattr(open.node, open.opened.handle()).uid()).isZero();
        }
    }
}
