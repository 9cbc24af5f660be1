package org.netcachefs.daemon.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.Timestamp;
import org.netcachefs.store.ObjectKey;

/** What every {@link UpstreamChanges} promises. */
@Timeout(60)
public abstract class UpstreamChangesContract {
    private static final int RENAME_NOREPLACE = 1;
    private static final int RENAME_EXCHANGE = 2;
    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;
    private static final int XATTR_CREATE = 1;
    private static final int XATTR_REPLACE = 2;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int FIFO = 0010000;

    protected abstract UpstreamTree tree();

    @AfterEach
    void closesEverything() {
        tree().close();
        assertThat(tree().openDescriptors()).as("descriptors left open").isZero();
    }

    @Test
    void modes_areTakenAsTheyAre() throws Exception {
        Thread thread = new Thread(() -> {
            tree().prepareThread();
            try {
                create("file", 0666).close();
                changes().mkdir(root(), name("directory"), 0777);
            } catch (ErrnoException e) {
                throw new AssertionError(e);
            }
        });
        thread.start();
        thread.join();
        assertThat(attributes("file").mode() & 07777).isEqualTo(0666);
        assertThat(attributes("directory").mode() & 07777).isEqualTo(0777);
    }

    @Test
    void create_makesAFileOfThisMode_onceOnly() throws ErrnoException {
        try (DataHandle file = create("file", 0640)) {
            assertThat(changes().write(file, 0, buffer("hello"))).isEqualTo(5);
        }
        assertThat(errnoOf(() -> create("file", 0600))).isEqualTo(Errno.EEXIST);
        assertThat(content("file")).isEqualTo("hello");
        assertThat(attributes("file").mode()).isEqualTo(FileType.REGULAR.bits() | 0640);
    }

    @Test
    void pathOfAnOpenFile_leadsToIt_withAndWithoutAName() throws ErrnoException {
        try (DataHandle file = changes().createUnnamed(root(), 0600, OpenFlags.O_RDWR);
                PathHandle path = tree().path(file)) {
            changes().write(file, 0, buffer("unnamed"));
            assertThat(tree().status(path, true).identity())
                    .isEqualTo(tree().status(file, true).identity());
            assertThat(tree().status(path, true).attributes().size()).isEqualTo(7);
            try (DataHandle reader = tree().openData(path)) {
                ByteBuffer read = ByteBuffer.allocateDirect(10);
                assertThat(tree().read(reader, 0, read)).isEqualTo(7);
            }
            changes().link(path, root(), name("by-path"));
        }
        assertThat(content("by-path")).isEqualTo("unnamed");
    }

    @Test
    void createUnnamed_hasNoName_untilItIsLinked() throws ErrnoException {
        try (DataHandle file = changes().createUnnamed(root(), 0600, OpenFlags.O_RDWR)) {
            changes().write(file, 0, buffer("unnamed"));
            assertThat(tree().status(file, true).attributes().links()).isZero();
            changes().link(file, root(), name("named"));
        }
        assertThat(content("named")).isEqualTo("unnamed");
    }

    @Test
    void openToWrite_ofAnythingButARegularFile_isEinval() throws ErrnoException {
        changes().mknod(root(), name("fifo"), FIFO | 0644, 0);
        changes().mkdir(root(), name("directory"), 0755);
        changes().symlink(root(), name("link"), bytes("file"));
        for (String name : List.of("fifo", "directory", "link")) {
            try (PathHandle object = open(name)) {
                assertThat(errnoOf(() -> changes().openToWrite(object, OpenFlags.O_RDWR)))
                        .as(name)
                        .isEqualTo(Errno.EINVAL);
            }
        }
    }

    @Test
    void write_goesToItsOffset_andLeavesZerosBefore() throws ErrnoException {
        make("file", "12345");
        try (DataHandle file = openToWrite("file")) {
            changes().write(file, 1, buffer("ab"));
            changes().write(file, 7, buffer("end"));
            assertThat(tree().status(file, true).attributes().size()).isEqualTo(10);
        }
        assertThat(content("file")).isEqualTo("1ab45\0\0end");
    }

    @Test
    void append_goesToTheEndThatUpstreamHas() throws ErrnoException {
        make("file", "12345");
        try (DataHandle file = openToWrite("file");
                DataHandle other = openToWrite("file")) {
            assertThat(changes().append(file, buffer("6"))).isEqualTo(5);
            changes().write(other, 6, buffer("789"));
            assertThat(changes().append(file, buffer("0"))).isEqualTo(9);
        }
        assertThat(content("file")).isEqualTo("1234567890");
    }

    @Test
    void truncate_cutsAndGrows_byHandleAndByName() throws ErrnoException {
        make("file", "12345");
        try (DataHandle file = openToWrite("file");
                PathHandle path = open("file")) {
            changes().truncate(file, 2);
            assertThat(content("file")).isEqualTo("12");
            changes().truncate(path, 4);
            assertThat(content("file")).isEqualTo("12\0\0");
            assertThat(errnoOf(() -> changes().truncate(root(), 0))).isNotNull();
        }
    }

    @Test
    void allocate_growsAndPunches() throws ErrnoException {
        make("file", "12345");
        try (DataHandle file = openToWrite("file")) {
            changes().allocate(file, 0, 0, 8);
            assertThat(attributes("file").size()).isEqualTo(8);
            changes().allocate(file, KEEP_SIZE, 0, 100);
            assertThat(attributes("file").size()).isEqualTo(8);
            changes().allocate(file, PUNCH_HOLE | KEEP_SIZE, 1, 2);
        }
        assertThat(content("file")).isEqualTo("1\0\0" + "45\0\0\0");
    }

    @Test
    void syncAndFlush_ofGoodFiles_succeed() throws ErrnoException {
        make("file", "1");
        try (DataHandle file = openToWrite("file")) {
            changes().write(file, 0, buffer("2"));
            changes().sync(file, true);
            changes().sync(file, false);
            changes().flush(file);
            changes().flush(file);
            changes().syncDirectory(root());
            assertThat(content("file")).isEqualTo("2");
        }
    }

    @Test
    void seek_findsDataAndTheHoleAtTheEnd() throws ErrnoException {
        make("file", "12345");
        try (DataHandle file = openToWrite("file")) {
            assertThat(changes().seek(file, 1, SEEK_DATA)).isEqualTo(1);
            assertThat(changes().seek(file, 1, SEEK_HOLE)).isEqualTo(5);
            assertThat(errnoOf(() -> changes().seek(file, 6, SEEK_DATA))).isEqualTo(Errno.ENXIO);
        }
    }

    @Test
    void copy_copiesWhatThereIs() throws ErrnoException {
        make("from", "0123456789");
        make("to", "abcdefghij");
        try (DataHandle from = openToWrite("from");
                DataHandle to = openToWrite("to")) {
            assertThat(changes().copy(from, 2, to, 8, 4)).isEqualTo(4);
            assertThat(changes().copy(from, 9, to, 0, 4)).isEqualTo(1);
        }
        assertThat(content("to")).isEqualTo("9bcdefgh2345");
    }

    @Test
    void mkdirAndRmdir() throws ErrnoException {
        changes().mkdir(root(), name("d"), 0750);
        assertThat(attributes("d").mode()).isEqualTo(FileType.DIRECTORY.bits() | 0750);
        assertThat(errnoOf(() -> changes().mkdir(root(), name("d"), 0750))).isEqualTo(Errno.EEXIST);
        try (PathHandle directory = open("d")) {
            changes().create(directory, name("f"), 0600, OpenFlags.O_RDWR).close();
            assertThat(errnoOf(() -> changes().rmdir(root(), name("d")))).isEqualTo(Errno.ENOTEMPTY);
            assertThat(errnoOf(() -> changes().rmdir(directory, name("f")))).isEqualTo(Errno.ENOTDIR);
            assertThat(errnoOf(() -> changes().unlink(root(), name("d")))).isIn(Errno.EISDIR, Errno.EPERM);
            changes().unlink(directory, name("f"));
        }
        changes().rmdir(root(), name("d"));
        assertThat(errnoOf(() -> open("d"))).isEqualTo(Errno.ENOENT);
    }

    @Test
    void symlink_keepsItsTarget_andCanBeLinkedAndDated() throws ErrnoException {
        changes().symlink(root(), name("link"), bytes("../some where"));
        try (PathHandle link = open("link")) {
            assertThat(tree().readlink(link)).isEqualTo(bytes("../some where"));
            changes().link(link, root(), name("second"));
            changes().times(link, null, new Timestamp(1_500_000_000, 7));
        }
        assertThat(attributes("second").type()).isEqualTo(FileType.SYMLINK);
        assertThat(attributes("second").modified()).isEqualTo(new Timestamp(1_500_000_000, 7));
    }

    @Test
    void link_givesOneMoreName() throws ErrnoException {
        make("file", "shared");
        try (PathHandle file = open("file")) {
            changes().link(file, root(), name("other"));
            assertThat(tree().status(file, true).attributes().links()).isEqualTo(2);
            assertThat(errnoOf(() -> changes().link(file, root(), name("other"))))
                    .isEqualTo(Errno.EEXIST);
        }
        assertThat(identity("other")).isEqualTo(identity("file"));
    }

    @Test
    void rename_replaces_refusesAndExchanges() throws ErrnoException {
        make("a", "a");
        make("b", "b");
        assertThat(errnoOf(() -> changes().rename(root(), name("a"), root(), name("b"), RENAME_NOREPLACE)))
                .isEqualTo(Errno.EEXIST);
        changes().rename(root(), name("a"), root(), name("b"), RENAME_EXCHANGE);
        assertThat(content("a") + content("b")).isEqualTo("ba");
        changes().rename(root(), name("a"), root(), name("b"), 0);
        assertThat(content("b")).isEqualTo("b");
        assertThat(errnoOf(() -> changes().rename(root(), name("a"), root(), name("c"), 0)))
                .isEqualTo(Errno.ENOENT);
    }

    @Test
    void unlinkedFile_isStillWrittenAndRead() throws ErrnoException {
        make("file", "1");
        try (PathHandle path = open("file");
                DataHandle file = openToWrite("file")) {
            changes().unlink(root(), name("file"));
            changes().write(file, 0, buffer("22"));
            assertThat(tree().status(file, true).attributes().size()).isEqualTo(2);
            assertThat(tree().status(path, true).attributes().links()).isZero();
        }
    }

    @Test
    void namesThatAreNotText_surviveEachChange() throws ErrnoException {
        FileName hostile = FileName.of(new byte[] {'a', (byte) 0xff, '\n', (byte) 0xc3, ' '});
        FileName longest = FileName.of("n".repeat(255));
        changes().create(root(), hostile, 0600, OpenFlags.O_RDWR).close();
        changes().rename(root(), hostile, root(), longest, 0);
        changes().rename(root(), longest, root(), hostile, 0);
        tree().open(root(), hostile).close();
        changes().unlink(root(), hostile);
        assertThat(errnoOf(() -> tree().open(root(), hostile))).isEqualTo(Errno.ENOENT);
    }

    @Test
    void modeAndTimes_areSetToTheNanosecond() throws ErrnoException {
        make("file", "1");
        try (PathHandle file = open("file")) {
            changes().chmod(file, 04751);
            changes().times(file, null, new Timestamp(-5, 999_999_999));
            assertThat(attributes("file").mode() & 07777).isEqualTo(04751);
            assertThat(attributes("file").modified()).isEqualTo(new Timestamp(-5, 999_999_999));
            changes().times(file, SetAttributes.NOW, SetAttributes.NOW);
            assertThat(attributes("file").modified().seconds()).isGreaterThan(1_600_000_000);
        }
    }

    @Test
    void extendedAttributes_areCreatedReplacedAndRemoved() throws ErrnoException {
        make("file", "1");
        FileName colour = name("user.colour");
        try (PathHandle file = open("file")) {
            assertThat(errnoOf(() -> changes().setxattr(file, colour, bytes("red"), XATTR_REPLACE)))
                    .isEqualTo(Errno.ENODATA);
            changes().setxattr(file, colour, bytes("red"), XATTR_CREATE);
            assertThat(errnoOf(() -> changes().setxattr(file, colour, bytes("blue"), XATTR_CREATE)))
                    .isEqualTo(Errno.EEXIST);
            changes().setxattr(file, colour, bytes("blue"), 0);
            assertThat(tree().getxattr(file, colour)).isEqualTo(bytes("blue"));
            changes().removexattr(file, colour);
            assertThat(errnoOf(() -> changes().removexattr(file, colour))).isEqualTo(Errno.ENODATA);
        }
    }

    @Test
    void closedHandles_areEbadf() throws ErrnoException {
        DataHandle file = create("file", 0600);
        file.close();
        assertThat(errnoOf(() -> changes().write(file, 0, buffer("1")))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> changes().flush(file))).isEqualTo(Errno.EBADF);
    }

    private UpstreamChanges changes() {
        return tree().changes();
    }

    private PathHandle root() {
        return tree().root();
    }

    private static FileName name(String name) {
        return FileName.of(name);
    }

    private PathHandle open(String name) throws ErrnoException {
        return tree().open(root(), name(name));
    }

    private DataHandle create(String name, int mode) throws ErrnoException {
        return changes().create(root(), name(name), mode, OpenFlags.O_RDWR);
    }

    private void make(String name, String content) throws ErrnoException {
        try (DataHandle file = create(name, 0644)) {
            changes().write(file, 0, buffer(content));
        }
    }

    private DataHandle openToWrite(String name) throws ErrnoException {
        try (PathHandle file = open(name)) {
            return changes().openToWrite(file, OpenFlags.O_RDWR);
        }
    }

    private Attributes attributes(String name) throws ErrnoException {
        try (PathHandle object = open(name)) {
            return tree().status(object, true).attributes();
        }
    }

    private ObjectKey identity(String name) throws ErrnoException {
        try (PathHandle object = open(name)) {
            return tree().status(object, true).identity();
        }
    }

    private String content(String name) throws ErrnoException {
        try (PathHandle file = open(name);
                DataHandle data = tree().openData(file)) {
            ByteBuffer to = ByteBuffer.allocateDirect(4096);
            tree().read(data, 0, to);
            return StandardCharsets.UTF_8.decode(to.flip()).toString();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer buffer(String text) {
        byte[] bytes = bytes(text);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static Errno errnoOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        ErrnoException failure = catchThrowableOfType(ErrnoException.class, call);
        assertThat(failure).isNotNull();
        return failure.errno();
    }
}
