package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.Timestamp;

/** What is changed through the mount is changed upstream, and seen at once. */
class ChangesTest {
    private static final int FIFO = 0010000;

    private Fixture fixture;

    @BeforeEach
    void setUp() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    @Test
    void mkdir_isSeenAtOnce_withItsMode() throws Exception {
        assertThat(errnoOf(() -> fixture.client.stat("d"))).isEqualTo(Errno.ENOENT);
        Entry made = mkdir("", "d");
        assertThat(made.attributes().type()).isEqualTo(FileType.DIRECTORY);
        assertThat(fixture.client.stat("d").mode() & 07777).isEqualTo(0750);
        assertThat(fixture.client.list("")).containsExactly("d");
        assertThat(errnoOf(() -> mkdir("", "d"))).isEqualTo(Errno.EEXIST);
    }

    /** The first one after a change of the directory is not: the name may well be made next. */
    @Test
    void absentName_ofADirectoryThatWasChanged_isRememberedOnceItIsAskedForAgain() throws Exception {
        mkdir("", "d");
        fixture.clock.pass(Duration.ofHours(1));
        for (int i = 0; i < 2; i++) {
            assertThat(errnoOf(() -> fixture.client.stat("none"))).isEqualTo(Errno.ENOENT);
        }
        long opened = fixture.upstream.faults().count(Operation.OPEN);
        assertThat(errnoOf(() -> fixture.client.stat("none"))).isEqualTo(Errno.ENOENT);
        assertThat(fixture.upstream.faults().count(Operation.OPEN)).isEqualTo(opened);
        fixture.side.file("none", bytes("made by others"));
        fixture.clock.pass(Duration.ofHours(1));
        assertThat(fixture.client.read("none")).isEqualTo(bytes("made by others"));
    }

    @Test
    void mknodAndSymlink_areSeenAtOnce() throws Exception {
        long root = fixture.client.directory("");
        Client.<Entry>ask(reply -> fixture.files.mknod(Client.CALLER, root, name("fifo"), FIFO | 0600, 0, reply));
        Client.<Entry>ask(reply -> fixture.files.symlink(Client.CALLER, root, name("link"), bytes("../target"), reply));
        assertThat(fixture.client.stat("fifo").type()).isEqualTo(FileType.FIFO);
        long link = fixture.client.walk("link").node();
        assertThat(Client.<byte[]>ask(reply -> fixture.files.readlink(Client.CALLER, link, reply)))
                .isEqualTo(bytes("../target"));
    }

    @Test
    void link_isTheSameFile() throws Exception {
        fixture.oldFile("f", bytes("content"));
        long node = fixture.client.walk("f").node();
        long root = fixture.client.directory("");
        Entry made = Client.<Entry>ask(reply -> fixture.files.link(Client.CALLER, node, root, name("second"), reply));
        assertThat(made.node()).isEqualTo(node);
        assertThat(fixture.client.stat("f").links()).isEqualTo(2);
        assertThat(fixture.client.read("second")).isEqualTo(bytes("content"));
    }

    @Test
    void unlink_takesTheNameAtOnce_andLeavesWhatIsOpenReadable() throws Exception {
        fixture.oldFile("f", bytes("content"));
        try (Client.Open open = fixture.client.open("f")) {
            unlink("", "f");
            assertThat(errnoOf(() -> fixture.client.stat("f"))).isEqualTo(Errno.ENOENT);
            assertThat(open.read(0, 100)).startsWith(bytes("content"));
            assertThat(fixture.client.getattr(open.node, open.opened.handle()).size())
                    .isEqualTo(7);
        }
        assertThat(fixture.client.list("")).isEmpty();
        assertThat(errnoOf(() -> unlink("", "f"))).isEqualTo(Errno.ENOENT);
    }

    @Test
    void whatWasRemoved_leavesRam_onceNobodyRefersToIt() throws Exception {
        long before = gauges().nodes();
        Entry directory = mkdir("", "d");
        rmdir("", "d");
        long removed;
        try (Client.Open open = fixture.client.create("f", OpenFlags.O_RDWR)) {
            removed = open.node;
            unlink("", "f");
            fixture.files.forget(removed, 1000);
            assertThat(gauges().nodes()).isEqualTo(before + 2);
            assertThat(gauges().nodesReferred()).isEqualTo(2);
            fixture.files.forget(directory.node(), 1000);
            assertThat(gauges().nodes()).isEqualTo(before + 1);
        }
        assertThat(gauges().nodes()).isEqualTo(before);
        // One that has a name is remembered.
        try (Client.Open open = fixture.client.create("g", OpenFlags.O_RDWR)) {
            fixture.files.forget(open.node, 1000);
        }
        assertThat(gauges().nodes()).isEqualTo(before + 1);
    }

    @Test
    void whatWasRemoved_keepsNoDescriptor_onceTheKernelHasForgottenIt() throws Exception {
        fixture.client.list("");
        long before = gauges().fds();
        Client.Open open = fixture.client.create("f", OpenFlags.O_RDWR);
        open.end();
        fixture.client.stat("f");
        unlink("", "f");
        fixture.files.forget(open.node, 1000);
        Awaitility.await().until(() -> gauges().fds() <= before);
    }

    private NetfsStatistics.Gauges gauges() {
        return fixture.files.statistics().gauges();
    }

    @Test
    void rmdir_ofWhatIsNotEmpty_isRefused_andOtherwiseGone() throws Exception {
        mkdir("", "d");
        fixture.side.file("d/f", bytes("x"));
        assertThat(errnoOf(() -> rmdir("", "d"))).isEqualTo(Errno.ENOTEMPTY);
        unlink("d", "f");
        rmdir("", "d");
        assertThat(errnoOf(() -> fixture.client.stat("d"))).isEqualTo(Errno.ENOENT);
    }

    @Test
    void rename_over_showsTheNewContent_andTheOldStaysWithWhoHasItOpen() throws Exception {
        fixture.oldFile("old", bytes("old content"));
        fixture.oldFile("new", bytes("new"));
        assertThat(fixture.client.read("old")).isEqualTo(bytes("old content"));
        long moved = fixture.client.walk("new").node();
        try (Client.Open open = fixture.client.open("old")) {
            rename("", "new", "", "old", 0);
            assertThat(fixture.client.read("old")).isEqualTo(bytes("new"));
            assertThat(fixture.client.walk("old").node()).isEqualTo(moved);
            assertThat(open.read(0, 11)).isEqualTo(bytes("old content"));
        }
        assertThat(errnoOf(() -> fixture.client.stat("new"))).isEqualTo(Errno.ENOENT);
    }

    @Test
    void rename_exchanges_andRefusesToReplace() throws Exception {
        fixture.oldFile("a", bytes("a"));
        fixture.oldFile("b", bytes("b"));
        assertThat(errnoOf(() -> rename("", "a", "", "b", 1))).isEqualTo(Errno.EEXIST);
        rename("", "a", "", "b", 2);
        assertThat(fixture.client.read("a")).isEqualTo(bytes("b"));
        assertThat(fixture.client.read("b")).isEqualTo(bytes("a"));
    }

    @Test
    void rename_ofADirectory_takesWhatIsBelowAlong() throws Exception {
        mkdir("", "d");
        mkdir("", "e");
        fixture.oldFile("d/f", bytes("below"));
        assertThat(fixture.client.read("d/f")).isEqualTo(bytes("below"));
        rename("", "d", "e", "moved", 0);
        assertThat(fixture.client.read("e/moved/f")).isEqualTo(bytes("below"));
        assertThat(errnoOf(() -> fixture.client.stat("d/f"))).isEqualTo(Errno.ENOENT);
    }

    /** Upstream's time stamps are too coarse to show that the directory changed. */
    @Test
    void changesWithinOneTick_areSeenAtOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            assertThat(errnoOf(() -> fixture.client.stat("d"))).isEqualTo(Errno.ENOENT);
            mkdir("", "d");
            assertThat(fixture.client.stat("d").type()).isEqualTo(FileType.DIRECTORY);
            assertThat(fixture.client.list("")).containsExactly("d");
            rename("", "d", "", "e", 0);
            assertThat(errnoOf(() -> fixture.client.stat("d"))).isEqualTo(Errno.ENOENT);
            assertThat(fixture.client.list("")).containsExactly("e");
            rmdir("", "e");
            assertThat(fixture.client.list("")).isEmpty();
        }
    }

    /** The lookup has its answer from upstream when the name goes, and brings it afterwards. */
    @Test
    void lookupUnderWay_whenTheNameGoes_isNotBelievedLater() throws Exception {
        fixture.oldFile("f", bytes("x"));
        fixture.upstream.faults().after(Operation.OPEN, () -> {
            try {
                unlink("", "f");
            } catch (ErrnoException e) {
                throw new AssertionError(e);
            }
        });
        try {
            fixture.client.stat("f");
        } catch (ErrnoException e) {
            assertThat(e.errno()).isIn(Errno.ENOENT, Errno.ESTALE);
        }
        assertThat(errnoOf(() -> fixture.client.stat("f"))).isEqualTo(Errno.ENOENT);
    }

    @Test
    void attributes_areWhatUpstreamSaysAfterwards() throws Exception {
        fixture.oldFile("f", bytes("x"));
        long node = fixture.client.walk("f").node();
        Attributes before = fixture.client.stat("f");
        Timestamp when = new Timestamp(1_234_567_890, 123_456_789);
        Attributes after = set(node, new SetAttributes(0604, 7, 8, null, null, when, null));
        assertThat(after).isEqualTo(fixture.client.stat("f"));
        assertThat(after.mode() & 07777).isEqualTo(0604);
        assertThat(after.uid()).isEqualTo(7);
        assertThat(after.gid()).isEqualTo(8);
        assertThat(after.modified()).isEqualTo(when);
        assertThat(after.inode()).isEqualTo(before.inode());
    }

    @Test
    void extendedAttributes_areSeenAtOnce() throws Exception {
        fixture.oldFile("f", bytes("x"));
        long node = fixture.client.walk("f").node();
        FileName colour = name("user.colour");
        assertThat(errnoOf(() -> xattr(node, colour))).isEqualTo(Errno.ENODATA);
        Client.<Void>ask(reply -> fixture.files.setxattr(Client.CALLER, node, colour, bytes("red"), 0, reply));
        assertThat(xattr(node, colour)).isEqualTo(bytes("red"));
        Client.<Void>ask(reply -> fixture.files.removexattr(Client.CALLER, node, colour, reply));
        assertThat(errnoOf(() -> xattr(node, colour))).isEqualTo(Errno.ENODATA);
    }

    @Test
    void changeThatFails_isAnsweredWithUpstreamsError() throws Exception {
        fixture.upstream.faults().fail(Operation.MKDIR, 1, Errno.EDQUOT);
        assertThat(errnoOf(() -> mkdir("", "d"))).isEqualTo(Errno.EDQUOT);
        assertThat(fixture.upstream.faults().count(Operation.MKDIR)).isEqualTo(1);
    }

    @Test
    void nameMade_thatCannotBeLookedUpForAMoment_isMade() throws Exception {
        fixture.oldFile("f", bytes("x"));
        long file = fixture.client.walk("f").node();
        FileName target = name("target");
        lookupFails(Errno.EIO);
        assertThat(mkdir("", "d").attributes().type()).isEqualTo(FileType.DIRECTORY);
        long root = fixture.client.directory("");
        lookupFails(Errno.ETIMEDOUT);
        assertThat(Client.<Entry>ask(
                                reply -> fixture.files.mknod(Client.CALLER, root, name("p"), FIFO | 0600, 0, reply))
                        .attributes()
                        .type())
                .isEqualTo(FileType.FIFO);
        lookupFails(Errno.ESTALE);
        assertThat(Client.<Entry>ask(
                                reply -> fixture.files.symlink(Client.CALLER, root, name("l"), target.bytes(), reply))
                        .attributes()
                        .type())
                .isEqualTo(FileType.SYMLINK);
        fixture.upstream.faults().after(Operation.LINK, () -> lookupFails(Errno.EIO));
        assertThat(Client.<Entry>ask(reply -> fixture.files.link(Client.CALLER, file, root, name("g"), reply))
                        .node())
                .isEqualTo(file);
    }

    private void lookupFails(Errno errno) {
        fixture.upstream.faults().fail(Operation.OPEN, 1, errno);
    }

    @Test
    void nameMade_thatCannotBeLookedUp_isAnError_andSeenOnceItCanBe() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(errnoOf(() -> fixture.client.stat("d"))).isEqualTo(Errno.ENOENT);
        }
        fixture.upstream.faults().failAll(Operation.OPEN, Errno.EIO);
        assertThat(errnoOf(() -> mkdir("", "d"))).isEqualTo(Errno.EIO);
        fixture.upstream.faults().heal();
        assertThat(fixture.client.stat("d").type()).isEqualTo(FileType.DIRECTORY);
        assertThat(fixture.client.list("")).containsExactly("d");
        assertThat(errnoOf(() -> mkdir("", "d"))).isEqualTo(Errno.EEXIST);
    }

    @Test
    void nameMade_thatOthersTookAwayAtOnce_isNotThere() throws Exception {
        long before = fixture.upstream.faults().count(Operation.OPEN);
        fixture.upstream.faults().after(Operation.MKDIR, () -> fixture.side.delete("d"));
        assertThat(errnoOf(() -> mkdir("", "d"))).isEqualTo(Errno.ENOENT);
        assertThat(fixture.upstream.faults().count(Operation.OPEN)).isEqualTo(before + 1);
        assertThat(errnoOf(() -> fixture.client.stat("d"))).isEqualTo(Errno.ENOENT);
        assertThat(mkdir("", "d").attributes().type()).isEqualTo(FileType.DIRECTORY);
    }

    private Entry mkdir(String parent, String name) throws ErrnoException {
        long directory = fixture.client.directory(parent);
        return Client.<Entry>ask(reply -> fixture.files.mkdir(Client.CALLER, directory, name(name), 0750, reply));
    }

    private void unlink(String parent, String name) throws ErrnoException {
        long directory = fixture.client.directory(parent);
        Client.<Void>ask(reply -> fixture.files.unlink(Client.CALLER, directory, name(name), reply));
    }

    private void rmdir(String parent, String name) throws ErrnoException {
        long directory = fixture.client.directory(parent);
        Client.<Void>ask(reply -> fixture.files.rmdir(Client.CALLER, directory, name(name), reply));
    }

    private void rename(String parent, String name, String newParent, String newName, int flags) throws ErrnoException {
        long from = fixture.client.directory(parent);
        long to = fixture.client.directory(newParent);
        Client.<Void>ask(
                reply -> fixture.files.rename(Client.CALLER, from, name(name), to, name(newName), flags, reply));
    }

    private Attributes set(long node, SetAttributes change) throws ErrnoException {
        return Client.<org.netcachefs.fuse.ValidAttributes>ask(
                        reply -> fixture.files.setattr(Client.CALLER, node, change, reply))
                .attributes();
    }

    private byte[] xattr(long node, FileName name) throws ErrnoException {
        return Client.<byte[]>ask(reply -> fixture.files.getxattr(Client.CALLER, node, name, reply));
    }

    private static FileName name(String name) {
        return FileName.of(name);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Errno errnoOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        ErrnoException failure = catchThrowableOfType(ErrnoException.class, call);
        assertThat(failure).isNotNull();
        return failure.errno();
    }
}
