package org.netcachefs.daemon.upstream.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamCalls.Body;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.SetAttributes;

/** Calls made as somebody have his rights on a real file system, and leave his marks. A daemon that is not root makes none. */
class SyscallIdentityTest {
    private static final Identity ALICE = new Identity(1234, 1234, List.of());
    private static final Identity BOB = new Identity(4321, 4321, List.of(5678));
    private static final int O_RDWR = 2;

    @TempDir
    private Path directory;

    private SyscallTree tree;
    private boolean root;

    @BeforeEach
    void opens() throws Exception {
        tree = SyscallTree.open(directory);
        root = tree.actsForOthers();
        Files.setAttribute(directory, "unix:mode", 01777);
    }

    @AfterEach
    void leavesNothingOpen() {
        tree.close();
        assertThat(tree.openDescriptors()).isZero();
    }

    /** What {@code body} comes to as {@code who}; null, having shown that it is refused, where nobody can be acted for. */
    private <T> T as(Identity who, Body<T> body) throws ErrnoException {
        if (root) {
            return tree.as(who, body);
        }
        assertThat(errnoAs(who, body)).isEqualTo(Errno.EPERM);
        return null;
    }

    private Errno errnoAs(Identity who, Body<?> body) {
        ErrnoException refused = catchThrowableOfType(ErrnoException.class, () -> tree.as(who, body));
        assertThat(refused).as("an error").isNotNull();
        return root ? refused.errno() : Errno.EPERM;
    }

    private Errno expected(Errno asRoot) {
        return root ? asRoot : Errno.EPERM;
    }

    private static FileName name(String name) {
        return FileName.of(name);
    }

    private boolean create(UpstreamTree on, String name, int mode) throws ErrnoException {
        try (DataHandle made = on.changes().create(on.root(), name(name), mode, O_RDWR)) {
            return true;
        }
    }

    private Path made(String name, int mode) throws Exception {
        Path file = Files.write(directory.resolve(name), "content".getBytes(StandardCharsets.US_ASCII));
        Files.setAttribute(file, "unix:mode", mode);
        return file;
    }

    private Path madeBy(Identity who, String name, int mode) throws Exception {
        Path file = made(name, 0600);
        if (root) {
            Files.setAttribute(file, "unix:uid", who.uid());
            Files.setAttribute(file, "unix:gid", who.gid());
        }
        Files.setAttribute(file, "unix:mode", mode); // a change of the owner takes set-id bits
        return file;
    }

    private static int number(Path file, String attribute) throws Exception {
        return (Integer) Files.getAttribute(file, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void whatIsMade_isItsMakers() throws Exception {
        as(ALICE, on -> create(on, "f", 0640));
        as(BOB, on -> {
            on.changes().mkdir(on.root(), name("d"), 0755);
            on.changes().symlink(on.root(), name("l"), new byte[] {'x'});
            return true;
        });
        for (String by : root ? List.of("f:1234", "d:4321", "l:4321") : List.<String>of()) {
            String[] parts = by.split(":");
            Path file = directory.resolve(parts[0]);
            assertThat(number(file, "uid")).as(by).isEqualTo(Integer.parseInt(parts[1]));
            assertThat(number(file, "gid")).as(by).isEqualTo(Integer.parseInt(parts[1]));
        }
        create(tree, "own", 0600);
        assertThat(number(directory.resolve("own"), "uid")).isEqualTo(number(directory, "uid"));
    }

    @Test
    void privateFile_isOpenedByItsOwnerOnly() throws Exception {
        madeBy(ALICE, "f", 0600);
        try (PathHandle file = tree.open(tree.root(), name("f"))) {
            as(ALICE, on -> {
                on.openData(file).close();
                on.changes().openToWrite(file, O_RDWR).close();
                on.access(file, 6);
                return true;
            });
            assertThat(errnoAs(BOB, on -> on.openData(file))).isEqualTo(expected(Errno.EACCES));
            assertThat(errnoAs(BOB, on -> on.changes().openToWrite(file, O_RDWR)))
                    .isEqualTo(expected(Errno.EACCES));
            assertThat(errnoAs(BOB, on -> {
                        on.access(file, 4);
                        return true;
                    }))
                    .isEqualTo(expected(Errno.EACCES));
            assertThat(errnoAs(BOB, on -> {
                        on.changes().chmod(file, 0666);
                        return true;
                    }))
                    .isEqualTo(Errno.EPERM);
            tree.openData(file).close();
        }
    }

    @Test
    void groupsFolder_isWrittenByItsSupplementaryMembersOnly() throws Exception {
        Path folder = Files.createDirectory(directory.resolve("d"));
        if (root) {
            Files.setAttribute(folder, "unix:gid", 5678);
        }
        Files.setAttribute(folder, "unix:mode", 0770);
        try (PathHandle inside = tree.open(tree.root(), name("d"))) {
            as(BOB, on -> {
                on.checkListing(inside);
                on.changes().mkdir(inside, name("bobs"), 0700);
                return true;
            });
            assertThat(errnoAs(ALICE, on -> {
                        on.changes().mkdir(inside, name("alices"), 0700);
                        return true;
                    }))
                    .isEqualTo(expected(Errno.EACCES));
            assertThat(errnoAs(ALICE, on -> {
                        on.checkListing(inside);
                        return true;
                    }))
                    .isEqualTo(expected(Errno.EACCES));
            assertThat(errnoAs(ALICE, on -> on.open(inside, name("bobs")))).isEqualTo(expected(Errno.EACCES));
        }
        assertThat(folder.toFile().list()).hasSize(root ? 1 : 0);
    }

    @Test
    void setIdBits_endWithAWriteOfAnOrdinaryUser_notOfRoot() throws Exception {
        for (String how : List.of("write", "append", "truncate", "allocate")) {
            Path file = made(how, 06777);
            try (PathHandle path = tree.open(tree.root(), name(how))) {
                try (DataHandle own = tree.changes().openToWrite(path, O_RDWR)) {
                    change(tree, how, own);
                }
                if (root) {
                    assertThat(number(file, "mode") & 07777)
                            .as("%s of root", how)
                            .isEqualTo(06777);
                }
                as(BOB, on -> {
                    try (DataHandle handle = on.changes().openToWrite(path, O_RDWR)) {
                        return change(on, how, handle);
                    }
                });
                if (root) {
                    assertThat(number(file, "mode") & 07777).as(how).isEqualTo(0777);
                }
            }
        }
    }

    private static boolean change(UpstreamTree on, String how, DataHandle handle) throws ErrnoException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(3);
        switch (how) {
            case "write" -> on.changes().write(handle, 0, bytes);
            case "append" -> on.changes().append(handle, bytes);
            case "truncate" -> on.changes().truncate(handle, 1);
            default -> on.changes().allocate(handle, 0, 0, 100);
        }
        return true;
    }

    @Test
    void stickyFolder_keepsNamesToTheirOwners() throws Exception {
        madeBy(ALICE, "f", 0666);
        assertThat(errnoAs(BOB, on -> {
                    on.changes().unlink(on.root(), name("f"));
                    return true;
                }))
                .isEqualTo(Errno.EPERM);
        assertThat(errnoAs(BOB, on -> {
                    on.changes().rename(on.root(), name("f"), on.root(), name("g"), 0);
                    return true;
                }))
                .isEqualTo(Errno.EPERM);
        as(ALICE, on -> {
            on.changes().rename(on.root(), name("f"), on.root(), name("g"), 0);
            on.changes().unlink(on.root(), name("g"));
            return true;
        });
        assertThat(directory.resolve("f").toFile().exists()).isEqualTo(!root);
    }

    @Test
    void filesAndSymbolicLinks_getMoreNamesFromTheirOwners() throws Exception {
        madeBy(ALICE, "f", 0600);
        as(ALICE, on -> {
            on.changes().symlink(on.root(), name("l"), new byte[] {'x'});
            try (PathHandle file = on.open(on.root(), name("f"));
                    PathHandle link = on.open(on.root(), name("l"))) {
                on.changes().link(file, on.root(), name("f2"));
                on.changes().link(link, on.root(), name("l2"));
            }
            return true;
        });
        assertThat(Files.isSymbolicLink(directory.resolve("l2"))).isEqualTo(root);
        assertThat(number(directory.resolve("f"), "nlink")).isEqualTo(root ? 2 : 1);
    }

    @Test
    void attributes_areChangedByOwnersAndRootOnly() throws Exception {
        madeBy(ALICE, "f", 0644);
        try (PathHandle file = tree.open(tree.root(), name("f"))) {
            FileName attribute = name("user.x");
            as(ALICE, on -> {
                on.changes().chmod(file, 0600);
                on.changes().setxattr(file, attribute, new byte[] {1}, 0);
                return true;
            });
            assertThat(errnoAs(BOB, on -> on.getxattr(file, attribute))).isEqualTo(expected(Errno.EACCES));
            assertThat(errnoAs(BOB, on -> {
                        on.changes().times(file, null, SetAttributes.NOW);
                        return true;
                    }))
                    .isEqualTo(Errno.EPERM);
            assertThat(errnoAs(ALICE, on -> {
                        on.changes().chown(file, 4321, -1);
                        return true;
                    }))
                    .isEqualTo(Errno.EPERM);
        }
    }
}
