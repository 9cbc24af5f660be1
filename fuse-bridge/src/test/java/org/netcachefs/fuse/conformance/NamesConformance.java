package org.netcachefs.fuse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.Capability;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Transport;

/** Directories, names, attributes and extended attributes. */
abstract class NamesConformance extends Mounted {
    private static final int S_IFCHR = 0020000;

    NamesConformance(Transport transport) {
        super(transport);
    }

    private static Set<String> list(Path directory) throws Exception {
        try (Stream<Path> entries = Files.list(directory)) {
            List<String> names =
                    entries.map(entry -> entry.getFileName().toString()).toList();
            assertThat(names).doesNotHaveDuplicates();
            return new HashSet<>(names);
        }
    }

    @Test
    void names_inUtf8_andOf255Bytes_comeBack() throws Exception {
        Path directory = Files.createDirectory(path("names"));
        Set<String> names =
                Set.of("café", "日本語", " blank ", "a\nb", "comma,back\\slash", "x".repeat(255), "🙂".repeat(63));
        for (String name : names) {
            Files.writeString(directory.resolve(name), name);
        }
        assertThat(list(directory)).isEqualTo(names);
        for (String name : names) {
            assertThat(Files.readString(directory.resolve(name))).isEqualTo(name);
        }
    }

    @Test
    void name_of256Bytes_isRefused() {
        assertThat(failing(Posix.LIBC.open(Posix.path(path("y".repeat(256))), Posix.O_CREAT, 0644)))
                .isEqualTo(Errno.ENAMETOOLONG);
    }

    @Test
    void name_thatIsNotUtf8_comesBackByteForByte_ifDeclared() throws Exception {
        Path directory = Files.createDirectory(path("bytes"));
        byte[] name = (directory + "/a?b\0").getBytes(StandardCharsets.ISO_8859_1);
        name[name.length - 3] = (byte) 0xff;
        int descriptor = Posix.LIBC.open(name, Posix.O_CREAT | Posix.O_WRONLY, 0644);
        if (!capabilities.contains(Capability.BYTE_NAMES)) {
            assertThat(descriptor).isEqualTo(-1);
            return;
        }
        close(descriptor);
        assertThat(Posix.LIBC.access(name, 0)).isZero();
        assertThat(Command.run("sh", "-c", "ls '" + directory + "' | od -An -tx1 | tr -d ' '"))
                .isEqualTo(new Command(0, "61ff620a"));
        assertThat(Posix.LIBC.unlink(name)).isZero();
    }

    @Test
    void directory_of10000Entries_isListedWholeWithTheInodesOfStat() throws Exception {
        Path directory = Files.createDirectory(path("many"));
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            String name = "entry-with-a-name-of-some-length-" + i;
            expected.add(name);
            assertThat(Posix.LIBC.mknod(Posix.path(directory.resolve(name)), 0100644, 0))
                    .isZero();
        }
        assertThat(list(directory)).isEqualTo(expected);
        String listed = Command.run("ls", "-i1", "-U", directory).output();
        assertThat(listed.lines()).hasSize(10_000);
        String[] first =
                listed.lines().skip(5000).findFirst().orElseThrow().strip().split(" ");
        assertThat(Files.getAttribute(directory.resolve(first[1]), "unix:ino").toString())
                .isEqualTo(first[0]);
    }

    @Test
    void listing_goesOnRightly_whileEntriesAreDeleted() throws Exception {
        Path directory = Files.createDirectory(path("shrinking"));
        for (int i = 0; i < 1000; i++) {
            Files.createFile(directory.resolve("entry-" + i));
        }
        assertThat(Command.run("rm", "-r", directory)).isEqualTo(new Command(0, ""));
        assertThat(directory).doesNotExist();
    }

    @Test
    void mkdir_rmdir_andTheirErrors() throws Exception {
        Path directory = Files.createDirectory(path("dir"));
        Files.createFile(directory.resolve("inside"));
        assertThatThrownBy(() -> Files.createDirectory(directory)).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> Files.delete(directory)).isInstanceOf(DirectoryNotEmptyException.class);
        Files.delete(directory.resolve("inside"));
        Files.delete(directory);
        assertThatThrownBy(() -> Files.delete(directory)).isInstanceOf(NoSuchFileException.class);
    }

    /** As libfuse names what it hides: a copy of a tree may have such names. */
    @Test
    void fileRenamedByAProgramToAHiddenName_hasThatName() throws Exception {
        Path directory = Files.createDirectory(path("hidden"));
        Path file = Files.writeString(directory.resolve("file"), "content");
        Path hidden = directory.resolve(".fuse_hidden0000000100000001");
        Files.move(file, hidden, StandardCopyOption.ATOMIC_MOVE);
        Files.writeString(file, "other");
        Files.move(file, hidden, StandardCopyOption.ATOMIC_MOVE);
        assertThat(list(directory)).containsExactly(hidden.getFileName().toString());
        assertThat(Files.readString(hidden)).isEqualTo("other");
    }

    /** The release of the file is still under way when its name goes, and ends before that. */
    @Test
    void fileRemovedOnceItIsClosed_leavesNothingBehind() throws Exception {
        child.set("release", "slow 5");
        child.set("closed", "slow 20");
        try {
            for (int i = 0; i < 10; i++) {
                Path directory = Files.createDirectory(path("removed" + i));
                Files.writeString(directory.resolve("closed"), "content");
                Files.delete(directory.resolve("closed"));
                assertThat(list(directory)).isEmpty();
                Files.delete(directory);
            }
        } finally {
            child.set("release", "none");
            child.set("closed", "none");
        }
    }

    @Test
    void fileReplacedWhileOpen_staysReadable_andLeavesNothingBehind() throws Exception {
        Path directory = Files.createDirectory(path("replaced"));
        Path file = Files.writeString(directory.resolve("file"), "0");
        try (FileChannel open = FileChannel.open(file)) {
            for (int i = 1; i < 10; i++) {
                Path fresh = Files.writeString(directory.resolve("fresh"), "" + i);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
                assertThat(Files.readString(file)).isEqualTo("" + i);
                assertThat(open.size()).isEqualTo(1);
            }
            ByteBuffer first = ByteBuffer.allocate(1);
            open.read(first, 0);
            assertThat(first.get(0)).isEqualTo((byte) '0');
        }
        eventually(() -> assertThat(list(directory)).containsExactly("file"));
    }

    @Test
    void rename_overAFile_andOfADirectory() throws Exception {
        Files.writeString(path("r1"), "one");
        Files.writeString(path("r2"), "two");
        Files.move(path("r1"), path("r2"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        assertThat(Files.readString(path("r2"))).isEqualTo("one");
        assertThat(path("r1")).doesNotExist();
        Files.createDirectories(path("d1/sub"));
        Files.writeString(path("d1/sub/file"), "deep");
        Files.move(path("d1"), path("d2"));
        assertThat(Files.readString(path("d2/sub/file"))).isEqualTo("deep");
    }

    @Test
    void symlinks_keepTheirTargets_alsoLongOnes() throws Exception {
        for (String target : List.of("r", "../up/ünder", "/abs/" + "t".repeat(4000))) {
            Path link = path("link-" + target.length());
            Files.createSymbolicLink(link, Path.of(target));
            assertThat(Files.readSymbolicLink(link).toString()).isEqualTo(target);
        }
    }

    @Test
    void hardLinks_areOneFile() throws Exception {
        Files.writeString(path("linked"), "same");
        Files.createLink(path("other"), path("linked"));
        assertThat(Files.getAttribute(path("other"), "unix:nlink")).isEqualTo(2);
        Files.writeString(path("other"), "changed");
        assertThat(Files.readString(path("linked"))).isEqualTo("changed");
        Files.delete(path("linked"));
        assertThat(Files.readString(path("other"))).isEqualTo("changed");
    }

    @Test
    void deviceNodes_andFifos_keepTypeAndNumber() throws Exception {
        assertThat(Command.run("mkfifo", path("fifo")).status()).isZero();
        assertThat(Command.run("stat", "-c", "%F", path("fifo")).output()).isEqualTo("fifo");
        int made = Posix.LIBC.mknod(Posix.path(path("device")), S_IFCHR | 0600, 0x12345);
        if (made == 0) {
            assertThat(Command.run("stat", "-c", "%F %t:%T", path("device")).output())
                    .isEqualTo("character special file 123:45");
        } else {
            assertThat(Posix.errno()).isEqualTo(Errno.EPERM);
        }
    }

    @Test
    void attributes_areSetAndShown() throws Exception {
        Path file = Files.createFile(path("attributes"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-x--x"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-x--x");
        Instant time = Instant.ofEpochSecond(1_234_567_890, 123_456_789);
        Files.setLastModifiedTime(file, FileTime.from(time));
        assertThat(Command.run("stat", "-c", "%.9Y", file).output()).isEqualTo("1234567890.123456789");
        assertThat(Command.run("touch", "-a", "-d", "@99.5", file).status()).isZero();
        assertThat(Command.run("stat", "-c", "%.9X %.9Y", file).output())
                .isEqualTo("99.500000000 1234567890.123456789");
        assertThat(Command.run("touch", file).status()).isZero();
        assertThat(Files.getLastModifiedTime(file).toInstant())
                .isAfter(Instant.now().minusSeconds(60));
        if (Command.run("id", "-u").output().equals("0")) {
            assertThat(Command.run("chown", "12:34", file).status()).isZero();
            assertThat(Command.run("chgrp", "56", file).status()).isZero();
            assertThat(Command.run("stat", "-c", "%u:%g", file).output()).isEqualTo("12:56");
        }
    }

    @Test
    void caller_isTheOneWhoAsks() throws Exception {
        Files.exists(path("nobody"));
        long pid = ProcessHandle.current().pid();
        String uid = Command.run("id", "-u").output();
        assertThat(child.send("caller"))
                .startsWith("Caller[uid=" + uid + ", gid=")
                .endsWith("pid=" + threadOr(pid));
    }

    /** The kernel names the thread's id as "pid". */
    private String threadOr(long pid) throws Exception {
        String said = child.send("caller");
        String id = said.substring(said.lastIndexOf('=') + 1, said.length() - 1);
        assertThat(Files.exists(Path.of("/proc/" + pid + "/task/" + id))).isTrue();
        return id + "]";
    }

    @Test
    void statfs_showsWhatTheFileSystemSays() throws Exception {
        assertThat(Command.run("stat", "-f", "-c", "%S %b %f %a %c %d %l", root).output())
                .isEqualTo("4096 1000 600 500 77 33 255");
    }

    @Test
    void xattrs_areSetReadListedAndRemoved() throws Exception {
        Path file = Files.createFile(path("xattrs"));
        byte[] path = Posix.path(file);
        byte[] value = pattern(3000, 3);
        assertThat(Posix.LIBC.setxattr(path, Posix.path("user.one"), value, value.length, 0))
                .isZero();
        assertThat(Posix.LIBC.setxattr(path, Posix.path("user.empty"), new byte[1], 0, 0))
                .isZero();
        assertThat(failing(Posix.LIBC.setxattr(path, Posix.path("user.one"), value, 1, 1)))
                .isEqualTo(Errno.EEXIST);
        assertThat(failing(Posix.LIBC.setxattr(path, Posix.path("user.two"), value, 1, 2)))
                .isEqualTo(Errno.ENODATA);
        Pointer memory = Posix.memory(4096);
        assertThat(Posix.LIBC.getxattr(path, Posix.path("user.one"), memory, 0)).isEqualTo(3000);
        assertThat(Posix.LIBC.getxattr(path, Posix.path("user.one"), memory, 4096))
                .isEqualTo(3000);
        byte[] back = new byte[3000];
        memory.get(0, back, 0, back.length);
        assertThat(back).isEqualTo(value);
        assertThat(failing(Posix.LIBC.getxattr(path, Posix.path("user.one"), memory, 100)))
                .isEqualTo(Errno.ERANGE);
        assertThat(Posix.LIBC.getxattr(path, Posix.path("user.empty"), memory, 100))
                .isZero();
        assertThat(Posix.LIBC.listxattr(path, memory, 4096)).isEqualTo("user.one.user.empty.".length());
        assertThat(failing(Posix.LIBC.listxattr(path, memory, 5))).isEqualTo(Errno.ERANGE);
        assertThat(Posix.LIBC.removexattr(path, Posix.path("user.one"))).isZero();
        assertThat(failing(Posix.LIBC.removexattr(path, Posix.path("user.one"))))
                .isEqualTo(Errno.ENODATA);
        assertThat(failing(Posix.LIBC.getxattr(path, Posix.path("user.one"), memory, 100)))
                .isEqualTo(Errno.ENODATA);
    }
}
