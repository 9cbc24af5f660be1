package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Product;
import org.netcachefs.it.harness.Scratch;

/** Promise: with {@code allow-other} everybody has his own rights upstream, and what he makes is his. */
class UsersIT {
    private static final int ALICE = 1234;
    private static final int BOB = 4321;
    private static final int GROUP = 5678;
    private static final int ROUNDS = 250;

    private final Scratch scratch = Scratch.make("users");
    private Path tree;

    @BeforeEach
    void makeTree() throws Exception {
        tree = scratch.folder("tree");
        mode(tree, 01777);
    }

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    private MountedDaemon mount(String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("--allow-other"));
        all.addAll(List.of(options));
        return MountedDaemon.mount(scratch, tree, "mount", "256M", all.toArray(String[]::new));
    }

    private static void mode(Path file, int mode) throws Exception {
        Files.setAttribute(file, "unix:mode", mode);
    }

    private static void owner(Path file, int uid, int gid) throws Exception {
        Files.setAttribute(file, "unix:uid", uid);
        Files.setAttribute(file, "unix:gid", gid);
    }

    private static int number(Path file, String attribute) throws Exception {
        return (Integer) Files.getAttribute(file, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
    }

    /** Runs a script in a folder that the user need not be able to come to by himself. */
    private static Command.Result as(int user, List<Integer> groups, Path folder, String script) {
        String list = String.join(",", groups.stream().map(String::valueOf).toList());
        String id = Integer.toString(user);
        return Command.run(List.of(
                "sh",
                "-c",
                "cd \"$0\" && exec \"$@\"",
                folder.toString(),
                "setpriv",
                "--reuid=" + id,
                "--regid=" + id,
                list.isEmpty() ? "--clear-groups" : "--groups=" + list,
                "--",
                "sh",
                "-c",
                "umask 022; " + script));
    }

    private static Command.Result as(int user, Path folder, String script) {
        return as(user, List.of(), folder, script);
    }

    private static void refused(Command.Result result) {
        assertThat(result.exit()).as(result.toString()).isNotZero();
        assertThat(result.err()).containsAnyOf("Permission denied", "Operation not permitted");
    }

    @Test
    void whatAUserMakes_isHis() throws Exception {
        Path mount = mount().mountPoint();
        as(ALICE, mount, "echo a > file && mkdir folder && ln -s x link && mkfifo fifo && ln file second")
                .expect(0);
        as(BOB, mount, "echo b > bobs && ! chmod 777 file && ! rm -f file && ! mv file other")
                .expect(0);
        for (String name : List.of("file", "folder", "link", "fifo", "second")) {
            assertThat(number(tree.resolve(name), "uid")).as(name).isEqualTo(ALICE);
            assertThat(number(tree.resolve(name), "gid")).as(name).isEqualTo(ALICE);
            assertThat(number(mount.resolve(name), "uid")).as(name).isEqualTo(ALICE);
        }
        assertThat(number(tree.resolve("bobs"), "uid")).isEqualTo(BOB);
        assertThat(number(tree.resolve("file"), "mode") & 07777).isEqualTo(0644);
        Files.writeString(mount.resolve("roots"), "r");
        assertThat(number(tree.resolve("roots"), "uid")).isZero();
    }

    @Test
    void supplementaryGroups_giveTheirRights_andOnlyTheirs() throws Exception {
        Path folder = Files.createDirectory(tree.resolve("group"));
        owner(folder, 0, GROUP);
        mode(folder, 02770);
        Path mount = mount().mountPoint();
        as(ALICE, List.of(77, GROUP), mount, "echo a > group/alices && cat group/alices")
                .expect(0);
        refused(as(ALICE, mount, "cat group/alices"));
        refused(as(BOB, mount, "echo b > group/bobs"));
        refused(as(BOB, List.of(77), mount, "ls group"));
        assertThat(number(folder.resolve("alices"), "uid")).isEqualTo(ALICE);
        assertThat(number(folder.resolve("alices"), "gid")).isEqualTo(GROUP);
        assertThat(folder.toFile().list()).containsExactly("alices");
        as(ALICE, List.of(GROUP), mount, "chgrp " + GROUP + " group/alices && chmod 640 group/alices")
                .expect(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"close-to-open", "strict", "immutable", "ttl=1h"})
    void privateFile_cachedByItsOwner_isRefusedToOthers(String coherency) throws Exception {
        Path secret = tree.resolve("secret");
        Content.write(secret, 1, 100_000);
        owner(secret, ALICE, ALICE);
        mode(secret, 0600);
        MountedDaemon daemon = mount("--coherency", coherency).browse();
        Path mount = daemon.mountPoint();
        as(ALICE, mount, "cat secret > /dev/null").expect(0);
        daemon.settle();
        as(ALICE, mount, "cat secret > /dev/null").expect(0);
        refused(as(BOB, mount, "cat secret > /dev/null"));
        refused(as(BOB, mount, "echo b >> secret"));
        Content.verify(mount.resolve("secret"), 1, 100_000);
    }

    /** What the kernel's check of modes does not know: only upstream refuses. */
    @ParameterizedTest
    @ValueSource(strings = {"close-to-open", "strict", "immutable", "ttl=1h"})
    void fileClosedToAUserByAnAccessList_isRefusedToHimWhenCached(String coherency) throws Exception {
        Content.write(tree.resolve("listed"), 1, 100_000);
        Command.run(List.of(
                        "setfacl",
                        "-m",
                        "u:" + BOB + ":0",
                        tree.resolve("listed").toString()))
                .expect(0);
        MountedDaemon daemon = mount("--coherency", coherency).browse();
        Path mount = daemon.mountPoint();
        as(ALICE, mount, "cat listed > /dev/null").expect(0);
        daemon.settle();
        refused(as(BOB, mount, "cat listed > /dev/null"));
        as(ALICE, mount, "cat listed > /dev/null").expect(0);
        refused(as(BOB, mount, "cat listed > /dev/null"));
    }

    @Test
    void accessLists_neitherGrantBeyondTheMode_norHideKnownNames() throws Exception {
        Path granted = Files.writeString(tree.resolve("granted"), "x");
        mode(granted, 0600);
        Path folder = Files.createDirectory(tree.resolve("closed"));
        Files.writeString(folder.resolve("known"), "known");
        for (String[] list : new String[][] {{"u:" + BOB + ":r", "granted"}, {"u:" + BOB + ":0", "closed"}}) {
            Command.run(List.of("setfacl", "-m", list[0], tree.resolve(list[1]).toString()))
                    .expect(0);
        }
        Path mount = mount().mountPoint();
        refused(as(BOB, mount, "cat granted"));
        as(ALICE, mount, "stat closed/known && ls closed && cat closed/known").expect(0);
        as(BOB, mount, "stat closed/known").expect(0);
        refused(as(BOB, mount, "cat closed/known"));
        refused(as(BOB, mount, "ls closed"));
        Files.writeString(folder.resolve("new"), "new");
        refused(as(BOB, mount, "stat closed/new"));
    }

    @Test
    void setIdBits_endWithTheWriteOfAnybodyButRoot() throws Exception {
        for (String name : List.of("others", "own", "cut", "emptied", "longer", "roots")) {
            Files.writeString(tree.resolve(name), "program");
            owner(tree.resolve(name), name.equals("own") ? ALICE : 0, GROUP);
            mode(tree.resolve(name), 06777);
        }
        Path mount = mount().mountPoint();
        String shown = "stat -c %a others own cut emptied longer";
        String changed = "echo x 1<> others && echo x 1<> own && truncate -s 2 cut && echo x > emptied"
                + " && fallocate -l 5000 longer";
        assertThat(as(ALICE, mount, shown + " && " + changed + " && " + shown)
                        .expect(0)
                        .out())
                .isEqualTo("6777\n".repeat(5) + "777\n".repeat(5));
        for (String name : List.of("others", "own", "cut", "emptied", "longer")) {
            assertThat(number(tree.resolve(name), "mode") & 07777).as(name).isEqualTo(0777);
        }
        Command.run(List.of(
                        "sh", "-c", "echo x 1<> \"$0\"", mount.resolve("roots").toString()))
                .expect(0);
        assertThat(number(tree.resolve("roots"), "mode") & 07777).isEqualTo(06777);
        assertThat(Files.readString(tree.resolve("others"))).isEqualTo("x\nogram");
    }

    /** As in a container, where root is often of another group. */
    @ParameterizedTest
    @ValueSource(ints = {0, GROUP})
    void setIdBits_endWithTheWriteOfRootThatLacksTheRightToKeepThem(int group) throws Exception {
        List<String> names = List.of("written", "twice", "cut", "emptied", "read");
        for (String name : names) {
            Files.writeString(tree.resolve(name), "program");
            mode(tree.resolve(name), 06777);
        }
        String changed =
                "echo x 1<> written && echo x 1<> twice && echo y 1<> twice && truncate -s 2 cut && : > emptied"
                        + " && cat read && stat -c %a written twice cut emptied read";
        Command.Result shown = Command.run(List.of(
                "setpriv",
                "--regid=" + group,
                "--clear-groups",
                "--inh-caps=-fsetid",
                "--bounding-set=-fsetid",
                "sh",
                "-c",
                "cd \"$0\" && " + changed,
                mount().mountPoint().toString()));
        assertThat(shown.expect(0).out()).isEqualTo("program" + "777\n".repeat(4) + "6777\n");
        for (String name : names) {
            int expected = name.equals("read") ? 06777 : 0777;
            assertThat(number(tree.resolve(name), "mode") & 07777).as(name).isEqualTo(expected);
        }
        assertThat(Files.readString(tree.resolve("twice"))).isEqualTo("y\nogram");
        assertThat(Files.size(tree.resolve("emptied"))).isZero();
    }

    /** 250 rounds of four operations each, of two users at once: 2,000, and as many attempts at what is the other's. */
    @Test
    void twoUsersAtOnce_neverActAsTheOther() throws Exception {
        Path mount = mount().mountPoint();
        List<CompletableFuture<Command.Result>> users = new ArrayList<>();
        for (int user : List.of(ALICE, BOB)) {
            int other = user == ALICE ? BOB : ALICE;
            String script = "umask 077; i=0; while [ $i -lt " + ROUNDS + " ]; do i=$((i + 1));"
                    + " echo $i > " + user + "-new && mv " + user + "-new " + user + "-$i && chmod 640 " + user
                    + "-$i && cat " + user + "-$i > /dev/null || exit 9;"
                    + " for f in " + other + "-$i " + other + "-new; do"
                    + " if [ -e $f ] && { chmod 777 $f || cat $f || mv $f taken; } 2> /dev/null; then"
                    + " echo acted on $f; exit 8; fi; done; done; echo done";
            users.add(CompletableFuture.supplyAsync(() -> as(user, mount, script)));
        }
        for (CompletableFuture<Command.Result> user : users) {
            assertThat(user.join().expect(0).out()).endsWith("done\n").doesNotContain("acted on");
        }
        for (int user : List.of(ALICE, BOB)) {
            for (int i = 1; i <= ROUNDS; i++) {
                Path file = tree.resolve(user + "-" + i);
                assertThat(number(file, "uid")).as(file.toString()).isEqualTo(user);
                assertThat(number(file, "gid")).as(file.toString()).isEqualTo(user);
                assertThat(number(file, "mode") & 07777).as(file.toString()).isEqualTo(0640);
                assertThat(Files.readString(file)).isEqualTo(i + "\n");
            }
        }
        assertThat(tree.toFile().list()).hasSize(2 * ROUNDS);
    }

    @Test
    void fileOnlyItsOwnerMayRead_isReadByWhomHeGivesItTo() throws Exception {
        Path home = Files.createDirectory(tree.resolve("home"));
        owner(home, ALICE, ALICE);
        mode(home, 0700);
        Path mount = mount().mountPoint();
        as(
                        ALICE,
                        mount,
                        "echo given > home/f && exec 3< home/f 4>> home/log && chmod 0 home/f && cat <&3 && echo x >&4")
                .expect(0);
        String drop = "exec setpriv --reuid=" + BOB + " --regid=" + BOB + " --clear-groups ";
        Command.Result bob = Command.run(List.of(
                "sh",
                "-c",
                "cd \"$0\" && exec 3< home/log 4>> home/log && " + drop
                        + "sh -c 'cat <&3 && echo y >&4 && stat -L -c %s /dev/fd/4'",
                mount.toString()));
        assertThat(bob.expect(0).out()).isEqualTo("x\n4\n");
        assertThat(Files.readString(home.resolve("log"))).isEqualTo("x\ny\n");
        refused(as(BOB, mount, "cat home/log"));
    }

    @Test
    void programThatMayOnlyBeRun_isRun() throws Exception {
        Path program = Files.copy(Path.of("/bin/echo").toRealPath(), tree.resolve("program"));
        mode(program, 0711);
        Path mount = mount().mountPoint();
        assertThat(as(BOB, mount, "./program ran").expect(0).out()).isEqualTo("ran\n");
        refused(as(BOB, mount, "cat program > /dev/null"));
    }

    @Test
    void withoutAllowOther_onlyRootGetsIn() throws Exception {
        Files.writeString(tree.resolve("f"), "x");
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "256M");
        assertThat(Files.readString(daemon.path("f"))).isEqualTo("x");
        refused(Command.run(List.of(
                "setpriv",
                "--reuid=" + ALICE,
                "--regid=" + ALICE,
                "--clear-groups",
                "--",
                "cat",
                daemon.path("f").toString())));
    }

    @Test
    void allowOther_ofAnotherUserThanRoot_isRefusedInOneLine() throws Exception {
        String run = "mount --bind \"$1\" /mnt && cd / && unset XDG_RUNTIME_DIR XDG_CACHE_HOME XDG_STATE_HOME"
                + " NETCACHEFS_JAVA_OPTS && exec setpriv --reuid=" + ALICE + " --regid=" + ALICE
                + " --clear-groups /mnt/netcachefs mount --allow-other --size 128M /usr /tmp";
        Command.run(
                        List.of(
                                "unshare",
                                "-m",
                                "sh",
                                "-c",
                                run,
                                "sh",
                                Product.root().toString()),
                        Product.environment(scratch.directory()),
                        Duration.ofSeconds(60))
                .complained(1, "--allow-other", "mount as root");
    }

    @ParameterizedTest
    @ValueSource(strings = {"setgid", "setuid"})
    void allowOther_withoutTheCapabilityToActForOthers_isRefusedInOneLine(String capability) throws Exception {
        Path mountPoint = scratch.folder("refused");
        List<String> command = List.of(
                "setpriv",
                "--bounding-set=-" + capability,
                Product.root().resolve("netcachefs").toString(),
                "mount",
                "--allow-other",
                "--size",
                "128M",
                "--cache",
                scratch.directory().resolve("cache-refused").toString(),
                tree.toString(),
                mountPoint.toString());
        try {
            Command.run(command, Product.environment(scratch.directory()), Duration.ofSeconds(60))
                    .complained(31, "--allow-other", "CAP_" + capability.toUpperCase(java.util.Locale.ROOT));
        } finally {
            Command.run(List.of("umount", "-l", mountPoint.toString()));
        }
    }

    @Test
    void fileMadeReadOnly_isLockedByItsMaker() throws Exception {
        Path mount = mount().mountPoint();
        String script = "use Fcntl qw(:DEFAULT :flock); sysopen(my $f, q(mine), O_RDWR | O_CREAT, 0444) or die $!;"
                + " my $l = pack(q(ssx4qqlx4), F_WRLCK, 0, 0, 0, 0);"
                + " fcntl($f, F_SETLK, $l) or die qq(lock: $!); flock($f, LOCK_EX | LOCK_NB) or die qq(flock: $!);"
                + " syswrite($f, q(locked)) == 6 or die $!; close($f) or die $!;";
        as(ALICE, mount, "perl -e '" + script + "'").expect(0);
        assertThat(Files.readString(tree.resolve("mine"))).isEqualTo("locked");
        assertThat(number(tree.resolve("mine"), "mode") & 07777).isEqualTo(0444);
    }
}
