package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Created;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Opened;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.ValidAttributes;

/** A kernel that can be notified believes attributes as long as the daemon does, and drops them before an open that found others is answered. */
class KernelAttributesTest {
    private static final Caller CALLER = new Caller(0, 0, 0);
    private static final long SECOND = 1_000_000_000;
    private static final long ACREGMIN = 3 * SECOND;

    private final Notices notices = new Notices();
    private Fixture fixture;

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    private void begin(NetfsConfig config) throws Exception {
        fixture = Fixture.writable(config);
        fixture.files.init(notices);
        fixture.oldFile("f", Fixture.bytes(1000, 1));
    }

    /** Which the kernel keeps. */
    private Entry lookup(String name) throws ErrnoException {
        return Client.ask(reply -> fixture.files.lookup(CALLER, FileSystem.ROOT, FileName.of(name), reply));
    }

    private ValidAttributes getattr(long node) throws ErrnoException {
        return Client.ask(reply -> fixture.files.getattr(CALLER, node, FileSystem.NO_HANDLE, reply));
    }

    private void open(long node) throws ErrnoException {
        fixture.client.openNode(node).close();
    }

    @Test
    void attributes_areValidAsLongAsTheDaemonBelievesThem() throws Exception {
        begin(NetfsConfig.DEFAULT);
        Entry entry = lookup("f");
        assertThat(entry.attributesValidNanos()).isEqualTo(ACREGMIN);
        fixture.clock.pass(Duration.ofSeconds(1));
        assertThat(lookup("f").attributesValidNanos()).isEqualTo(ACREGMIN - SECOND);
        assertThat(getattr(entry.node()).validNanos()).isEqualTo(ACREGMIN - SECOND);
        fixture.clock.pass(Duration.ofSeconds(3));
        assertThat(getattr(entry.node()).validNanos()).isEqualTo(2 * ACREGMIN);
        assertThat(getattr(FileSystem.ROOT).validNanos()).isPositive();
    }

    @Test
    void attributes_whereTheKernelCannotBeTold_areValidForNoTime() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
        fixture.oldFile("f", Fixture.bytes(1000, 1));
        Entry entry = lookup("f");
        assertThat(entry.attributesValidNanos()).isZero();
        assertThat(getattr(entry.node()).validNanos()).isZero();
    }

    @Test
    void attributes_ofStrictMounts_ofWhatTheKernelDoesNotKnow_andOfOpenFiles_areValidForNoTime() throws Exception {
        begin(Fixture.with(Coherency.STRICT, Duration.ZERO));
        assertThat(lookup("f").attributesValidNanos()).isZero();
        fixture.close();
        begin(NetfsConfig.DEFAULT);
        long node = fixture.client.walk("f").node(); // forgotten by the kernel
        assertThat(getattr(node).validNanos()).isZero();
        lookup("f");
        assertThat(getattr(node).validNanos()).isPositive();
        try (Client.Open held = fixture.client.openNode(node)) {
            assertThat(getattr(node).validNanos()).isZero();
            assertThat(lookup("f").attributesValidNanos()).isZero();
        }
        assertThat(getattr(node).validNanos()).isPositive();
    }

    /** The kernel takes such answers also if a notice came in between. */
    @Test
    void attributes_inAnswersToChanges_areValidForNoTime() throws Exception {
        begin(NetfsConfig.DEFAULT);
        Entry made = Client.ask(reply -> fixture.files.mkdir(CALLER, FileSystem.ROOT, FileName.of("d"), 0755, reply));
        assertThat(made.attributesValidNanos()).isZero();
        OpenFlags flags = new OpenFlags(OpenFlags.O_RDWR | OpenFlags.O_CREAT);
        Created created = Client.ask(
                reply -> fixture.files.create(CALLER, FileSystem.ROOT, FileName.of("new"), 0644, flags, reply));
        assertThat(created.entry().attributesValidNanos()).isZero();
        long node = lookup("f").node();
        SetAttributes mode = new SetAttributes(0600, null, null, null, null, null, null);
        ValidAttributes changed = Client.ask(reply -> fixture.files.setattr(CALLER, node, mode, reply));
        assertThat(changed.validNanos()).isZero();
    }

    @Test
    void open_thatFindsTheFileChanged_isAnsweredWhenTheKernelHasDroppedItsAttributes() throws Exception {
        begin(NetfsConfig.DEFAULT);
        long node = lookup("f").node();
        fixture.side.write("f", 1000, Fixture.bytes(500, 2));
        CompletableFuture<Boolean> dropped = new CompletableFuture<>();
        notices.answer = dropped;
        Client.Answered<Opened> reply = new Client.Answered<>();
        fixture.files.open(CALLER, node, OpenFlags.READ, reply);
        org.awaitility.Awaitility.await().until(() -> !notices.attributes.isEmpty());
        assertThat(notices.attributes).containsExactly(node);
        assertThat(reply.value).isNotDone();
        dropped.complete(true);
        Opened opened = Client.get(reply.value);
        fixture.files.release(node, opened.handle(), OpenFlags.READ, 0, new Client.Answered<>());
    }

    /** So that nobody who has it open and mapped is told of it later. */
    @Test
    void open_ofWhatTheKernelHolds_tellsItOnce_changedOrNot() throws Exception {
        begin(NetfsConfig.DEFAULT);
        long node = lookup("f").node();
        try (Client.Open first = fixture.client.openNode(node)) {
            assertThat(notices.attributes).containsExactly(node);
            fixture.clock.pass(Duration.ofMillis(10));
            fixture.side.write("f", 0, Fixture.bytes(1000, 2));
            assertThat(getattr(node).validNanos()).isZero();
            open(node);
            assertThat(notices.attributes).containsExactly(node);
        }
        open(node);
        assertThat(notices.attributes).containsExactly(node);
        assertThat(getattr(node).validNanos()).isPositive();
        open(node);
        assertThat(notices.attributes).containsExactly(node, node);
    }

    @Test
    void listedDirectory_thatIsUnchanged_isNotTold() throws Exception {
        begin(NetfsConfig.DEFAULT);
        assertThat(getattr(FileSystem.ROOT).validNanos()).isPositive();
        fixture.client.list("");
        assertThat(notices.attributes).isEmpty();
    }

    /** Of two answers on their way the kernel may have dropped the later one. */
    @Test
    void open_afterTwoDifferentAnswers_tellsTheKernel() throws Exception {
        begin(NetfsConfig.DEFAULT);
        long node = lookup("f").node();
        fixture.side.write("f", 1000, Fixture.bytes(500, 2));
        fixture.clock.pass(Duration.ofSeconds(5));
        assertThat(getattr(node).validNanos()).isPositive();
        open(node);
        assertThat(notices.attributes).containsExactly(node);
    }

    @Test
    void open_tellsTheKernelAlsoIfTheAttributesItHoldsHaveLongRunOut() throws Exception {
        begin(NetfsConfig.DEFAULT);
        long node = lookup("f").node();
        fixture.side.write("f", 1000, Fixture.bytes(500, 2));
        fixture.clock.pass(Duration.ofHours(1));
        open(node);
        assertThat(notices.attributes).containsExactly(node);
    }

    @Test
    void opendir_ofAChangedDirectory_tellsTheKernel() throws Exception {
        begin(NetfsConfig.DEFAULT);
        fixture.side.directory("d");
        fixture.clock.pass(Duration.ofHours(1));
        long node = lookup("d").node();
        fixture.client.list("d");
        assertThat(notices.attributes).isEmpty();
        fixture.side.file("d/new", new byte[1]);
        fixture.client.list("d");
        assertThat(notices.attributes).containsExactly(node);
    }

    @Test
    void lookupOfAnAbsentName_thatFindsTheDirectoryChanged_tellsTheKernel() throws Exception {
        begin(NetfsConfig.DEFAULT);
        assertThat(getattr(FileSystem.ROOT).validNanos()).isPositive();
        fixture.side.file("other", new byte[1]);
        Client.Answered<Entry> reply = new Client.Answered<>();
        fixture.files.lookup(CALLER, FileSystem.ROOT, FileName.of("absent"), reply);
        assertThat(Client.errnoOf(reply.value)).isEqualTo(org.netcachefs.fuse.Errno.ENOENT);
        assertThat(notices.attributes).containsExactly(FileSystem.ROOT);
    }

    /** An access list is the mode, too. */
    @Test
    void extendedAttribute_thatIsSet_hasTheKernelDropTheOthers() throws Exception {
        begin(NetfsConfig.DEFAULT);
        long node = lookup("f").node();
        FileName name = FileName.of("user.a");
        Client.<Void>ask(reply -> fixture.files.setxattr(CALLER, node, name, new byte[1], 0, reply));
        assertThat(notices.attributes).containsExactly(node);
        Client.<Void>ask(reply -> fixture.files.removexattr(CALLER, node, name, reply));
        assertThat(notices.attributes).containsExactly(node);
    }

    @Test
    void attributes_whileUpstreamHangs_areValidForNoTime() throws Exception {
        begin(NetfsConfig.DEFAULT);
        long node = lookup("f").node();
        fixture.calls.openKeepingCalls();
        assertThat(getattr(node).validNanos()).isZero();
    }
}
