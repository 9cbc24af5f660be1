package org.netcachefs.daemon.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.DirectoryItem;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;
import org.netcachefs.store.ObjectKey;

/** What every {@link UpstreamTree} promises. */
@Timeout(60)
public abstract class UpstreamTreeContract {
    protected abstract UpstreamTree tree();

    protected abstract UpstreamSide side();

    @AfterEach
    void closesEverything() {
        tree().close();
        assertThat(tree().openDescriptors()).as("descriptors left open").isZero();
    }

    @Test
    void open_aMissingName_isEnoent() {
        assertThat(errnoOf(() -> open("missing"))).isEqualTo(Errno.ENOENT);
    }

    @Test
    void open_dots_areRefused() {
        assertThat(errnoOf(() -> open("."))).isEqualTo(Errno.EINVAL);
        assertThat(errnoOf(() -> open(".."))).isEqualTo(Errno.EINVAL);
    }

    @Test
    void open_aNameOf256Bytes_isTooLong() {
        assertThat(errnoOf(() -> open("n".repeat(256)))).isEqualTo(Errno.ENAMETOOLONG);
        assertThat(errnoOf(() -> open("n".repeat(5000)))).isEqualTo(Errno.ENAMETOOLONG);
    }

    @Test
    void open_belowAFile_isEnotdir() throws ErrnoException {
        side().file("file", bytes("x"));
        try (PathHandle file = open("file")) {
            assertThat(errnoOf(() -> tree().open(file, FileName.of("x")))).isEqualTo(Errno.ENOTDIR);
        }
    }

    @Test
    void open_namesThatAreNotText_areFound() throws ErrnoException {
        FileName name = FileName.of(new byte[] {'a', (byte) 0xff, '\n', (byte) 0xc3, ' '});
        side().file("", name, bytes("hostile"));
        assertThat(list(tree().root())).extracting(DirectoryItem::name).containsExactly(name);
        try (PathHandle file = tree().open(tree().root(), name)) {
            assertThat(content(file)).isEqualTo("hostile");
        }
    }

    @Test
    void status_showsTypeSizeAndTimes() throws ErrnoException {
        side().file("file", bytes("12345"));
        side().modified("file", 1_600_000_000_123_456_789L);
        side().mode("file", 0640);
        try (PathHandle file = open("file")) {
            UpstreamStatus status = tree().status(file, true);
            assertThat(status.attributes().type()).isEqualTo(FileType.REGULAR);
            assertThat(status.attributes().mode() & 07777).isEqualTo(0640);
            assertThat(status.attributes().size()).isEqualTo(5);
            assertThat(status.attributes().modified().toNanos()).isEqualTo(1_600_000_000_123_456_789L);
            assertThat(status.attributes().links()).isEqualTo(1);
            assertThat(status.coherency().size()).isEqualTo(5);
        }
    }

    @Test
    void status_ofAFifoAndALink_isTheirOwn() throws ErrnoException {
        side().fifo("fifo");
        side().symlink("link", "nowhere");
        try (PathHandle fifo = open("fifo");
                PathHandle link = open("link")) {
            assertThat(tree().status(fifo, false).attributes().type()).isEqualTo(FileType.FIFO);
            assertThat(tree().status(link, false).attributes().type()).isEqualTo(FileType.SYMLINK);
        }
    }

    @Test
    void identity_isTheSameEachTime_andAfterARename() throws ErrnoException {
        side().directory("directory");
        side().file("file", bytes("1"));
        ObjectKey before = identity("file");
        side().file("file", bytes("22"));
        side().mode("file", 0600);
        assertThat(identity("file")).isEqualTo(before);
        side().rename("file", "directory/other");
        try (PathHandle directory = open("directory");
                PathHandle file = tree().open(directory, FileName.of("other"))) {
            assertThat(tree().status(file, true).identity()).isEqualTo(before);
        }
    }

    @Test
    void identity_ofAnotherFileByTheSameName_differs() throws ErrnoException {
        side().file("file", bytes("old"));
        side().file("new", bytes("new"));
        try (PathHandle old = open("file")) {
            ObjectKey oldIdentity = tree().status(old, true).identity();
            side().rename("new", "file");
            assertThat(identity("file")).isNotEqualTo(oldIdentity);
            assertThat(tree().status(old, true).identity()).isEqualTo(oldIdentity);
            assertThat(tree().status(old, true).attributes().links()).isZero();
        }
    }

    @Test
    void refresh_showsWhatIsThereNow() throws ErrnoException {
        side().directory("directory");
        try (PathHandle directory = open("directory")) {
            tree().refresh(directory);
            side().file("directory/file", bytes("x"));
            tree().refresh(directory);
            tree().open(directory, FileName.of("file")).close();
        }
    }

    @Test
    void read_bringsBytes_andNothingAtTheEnd() throws ErrnoException {
        side().file("file", bytes("0123456789"));
        try (PathHandle file = open("file");
                DataHandle data = tree().openData(file)) {
            for (ByteBuffer to : List.of(ByteBuffer.allocate(8), ByteBuffer.allocateDirect(8))) {
                to.position(2).limit(6);
                assertThat(tree().read(data, 3, to)).isEqualTo(4);
                assertThat(to.position()).isEqualTo(6);
                assertThat(text(to.position(2))).isEqualTo("3456");
                assertThat(tree().read(data, 8, to.clear())).isEqualTo(2);
                assertThat(tree().read(data, 10, to.clear())).isZero();
                assertThat(tree().read(data, 1L << 40, to.clear())).isZero();
            }
        }
    }

    @Test
    void read_goesOnAfterTheFileWasDeleted() throws ErrnoException {
        side().file("file", bytes("still here"));
        try (PathHandle file = open("file");
                DataHandle data = tree().openData(file)) {
            side().delete("file");
            ByteBuffer to = ByteBuffer.allocateDirect(32);
            tree().read(data, 0, to);
            assertThat(text(to.flip())).isEqualTo("still here");
        }
    }

    @Test
    void dropPages_leavesTheBytesRight() throws ErrnoException {
        side().file("file", new byte[100_000]);
        try (PathHandle file = open("file");
                DataHandle data = tree().openData(file)) {
            tree().read(data, 0, ByteBuffer.allocateDirect(100_000));
            side().write("file", 70_000, bytes("new"));
            tree().dropPages(data, 65_536, 20_000);
            ByteBuffer to = ByteBuffer.allocateDirect(3);
            tree().read(data, 70_000, to);
            assertThat(text(to.flip())).isEqualTo("new");
        }
    }

    @Test
    void openData_ofAnythingButARegularFile_isEinval() throws ErrnoException {
        side().fifo("fifo");
        side().symlink("link", "file");
        side().directory("directory");
        for (String name : List.of("fifo", "link", "directory")) {
            try (PathHandle object = open(name)) {
                assertThat(errnoOf(() -> tree().openData(object))).as(name).isEqualTo(Errno.EINVAL);
            }
        }
    }

    @Test
    void readlink_bringsTheTarget_andIsEinvalOtherwise() throws ErrnoException {
        side().symlink("link", "../a/target");
        side().file("file", bytes(""));
        try (PathHandle link = open("link");
                PathHandle file = open("file")) {
            assertThat(new String(tree().readlink(link), StandardCharsets.UTF_8))
                    .isEqualTo("../a/target");
            assertThat(errnoOf(() -> tree().readlink(file))).isEqualTo(Errno.EINVAL);
        }
    }

    @Test
    void list_bringsEveryEntryWithItsTypeAndInode() throws ErrnoException {
        side().directory("d");
        for (int i = 0; i < 3000; i++) {
            side().file("d/a-file-with-a-longer-name-" + i, new byte[0]);
        }
        side().directory("d/sub");
        side().symlink("d/link", "x");
        side().file("d/...", bytes("three dots are a name"));
        try (PathHandle directory = open("d")) {
            List<DirectoryItem> items = list(directory);
            assertThat(items).hasSize(3003).doesNotHaveDuplicates();
            assertThat(items)
                    .filteredOn(item -> item.type() == FileType.DIRECTORY)
                    .hasSize(1);
            assertThat(items)
                    .filteredOn(item -> item.type() == FileType.SYMLINK)
                    .hasSize(1);
            DirectoryItem sub = items.stream()
                    .filter(item -> item.name().toString().equals("sub"))
                    .findFirst()
                    .get();
            try (PathHandle opened = tree().open(directory, sub.name())) {
                assertThat(tree().status(opened, false).attributes().inode()).isEqualTo(sub.inode());
            }
        }
    }

    @Test
    void list_endsWhenTheTakerHasEnough_andIsEnotdirForAFile() throws ErrnoException {
        side().file("a", bytes(""));
        side().file("b", bytes(""));
        List<DirectoryItem> taken = new ArrayList<>();
        tree().list(tree().root(), item -> {
            taken.add(item);
            return false;
        });
        assertThat(taken).hasSize(1);
        try (PathHandle file = open("a")) {
            assertThat(errnoOf(() -> list(file))).isEqualTo(Errno.ENOTDIR);
        }
    }

    @Test
    void extendedAttributes_areListedAndRead() throws ErrnoException {
        side().file("file", bytes(""));
        side().attribute("file", "user.colour", bytes("blue"));
        try (PathHandle file = open("file")) {
            assertThat(new String(tree().listxattr(file), StandardCharsets.UTF_8))
                    .isEqualTo("user.colour\0");
            assertThat(tree().getxattr(file, FileName.of("user.colour"))).isEqualTo(bytes("blue"));
            assertThat(errnoOf(() -> tree().getxattr(file, FileName.of("user.none"))))
                    .isEqualTo(Errno.ENODATA);
        }
    }

    @Test
    void statfs_showsAFileSystem() throws ErrnoException {
        assertThat(tree().statfs().blockSize()).isPositive();
        assertThat(tree().statfs().blocks()).isPositive();
        assertThat(tree().statfs().nameLength()).isEqualTo(255);
    }

    @Test
    void access_grantsWhatTheModeGrants() throws ErrnoException {
        side().file("file", bytes(""));
        side().mode("file", 0600);
        try (PathHandle file = open("file")) {
            tree().access(file, 4 | 2);
            assertThat(errnoOf(() -> tree().access(file, 1))).isEqualTo(Errno.EACCES);
        }
    }

    @Test
    void close_twice_closesOnce_andLaterUseIsEbadf() throws ErrnoException {
        side().file("file", bytes("x"));
        int before = tree().openDescriptors();
        PathHandle file = open("file");
        DataHandle data = tree().openData(file);
        assertThat(tree().openDescriptors()).isEqualTo(before + 2);
        file.close();
        data.close();
        file.close();
        data.close();
        assertThat(tree().openDescriptors()).isEqualTo(before);
        assertThat(errnoOf(() -> tree().status(file, false))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> tree().read(data, 0, ByteBuffer.allocateDirect(1))))
                .isEqualTo(Errno.EBADF);
    }

    @Test
    void failures_leaveNoDescriptorBehind() throws ErrnoException {
        side().file("file", bytes("x"));
        int before = tree().openDescriptors();
        try (PathHandle file = open("file")) {
            errnoOf(() -> open("missing"));
            errnoOf(() -> list(file));
            errnoOf(() -> tree().openData(tree().root()));
            assertThat(tree().openDescriptors()).isEqualTo(before + 1);
        }
    }

    private PathHandle open(String name) throws ErrnoException {
        return tree().open(tree().root(), FileName.of(name));
    }

    private ObjectKey identity(String name) throws ErrnoException {
        try (PathHandle object = open(name)) {
            return tree().status(object, true).identity();
        }
    }

    private List<DirectoryItem> list(PathHandle directory) throws ErrnoException {
        List<DirectoryItem> items = new ArrayList<>();
        tree().list(directory, items::add);
        return items;
    }

    private String content(PathHandle file) throws ErrnoException {
        try (DataHandle data = tree().openData(file)) {
            ByteBuffer to = ByteBuffer.allocateDirect(4096);
            tree().read(data, 0, to);
            return text(to.flip());
        }
    }

    private static String text(ByteBuffer buffer) {
        return StandardCharsets.UTF_8.decode(buffer).toString();
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
