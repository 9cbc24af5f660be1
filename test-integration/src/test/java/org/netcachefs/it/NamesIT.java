package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Product;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Stat;

/** Promise: names are bytes. What Java cannot name is made by Perl, whose names are bytes too. */
class NamesIT {
    /** Makes, lists, looks at, renames, links and removes names of all bytes, forwards and backwards, and compares with upstream. */
    private static final String EVERY_BYTE = """
            use bytes;
            my ($mount, $upstream) = @ARGV;
            my $name = join("", map { chr } grep { $_ != ord("/") } 1 .. 255) . "x";
            my $other = reverse $name;
            sub names { opendir(my $d, $_[0]) or die "opendir: $!"; return sort grep { !/^\\.\\.?\\z/ } readdir $d }
            sub there {
                my $wanted = join("/", sort @_);
                foreach my $tree ($mount, $upstream) {
                    join("/", names($tree)) eq $wanted or die "$tree: ", unpack("H*", join("/", names($tree)));
                }
            }
            length($name) == 255 or die;
            open(my $f, ">", "$mount/$name") or die "create: $!";
            print $f "some bytes";
            close($f) or die "close: $!";
            there($name);
            (-s "$mount/$name") == 10 && (-s "$upstream/$name") == 10 or die "stat: $!";
            rename("$mount/$name", "$mount/$other") or die "rename: $!";
            there($other);
            link("$mount/$other", "$mount/$name") or die "link: $!";
            (stat "$mount/$name")[3] == 2 or die "links";
            unlink("$mount/$other") or die "unlink: $!";
            there($name);
            mkdir("$mount/$other") or die "mkdir: $!";
            rename("$mount/$name", "$mount/$other/$name") or die "rename: $!";
            open($f, "<", "$mount/$other/$name") or die "open: $!";
            <$f> eq "some bytes" or die "read";
            close($f);
            symlink("$other/$name", "$mount/$name") or die "symlink: $!";
            readlink("$mount/$name") eq "$other/$name" or die "readlink";
            (-s "$mount/$name") == 10 or die "through the link: $!";
            there($name, $other);
            unlink("$mount/$name", "$mount/$other/$name") == 2 or die "unlink: $!";
            rmdir("$mount/$other") or die "rmdir: $!";
            there();
            open($f, ">", "$upstream/$name") && close($f) or die "upstream: $!";
            (-e "$mount/$name") or die "made upstream: $!";
            there($name);
            """;

    private final Scratch scratch = Scratch.make("names");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "libfuse"})
    void namesOfEveryByteValue_of255Bytes_areMadeListedRenamedAndRemoved(String transport) throws Exception {
        Path tree = scratch.folder("tree");
        // A name that upstream was given is seen at once.
        MountedDaemon daemon = MountedDaemon.mount(
                scratch, tree, "mount", "256M", "--transport", transport, "--negative", "0", "--acdirmin", "0");
        Command.run(List.of("perl", "-e", EVERY_BYTE, daemon.mountPoint().toString(), tree.toString()))
                .expect(0);
    }

    @Test
    void statAndFlush_findNamesThatAreNotUtf8() throws Exception {
        Path tree = scratch.folder("tree");
        String name = "/caf\u00e9 \u00ff\u00fe/\u0080\n"; // each character a byte
        Command.run(List.of("perl", "-e", """
                my ($tree, @names) = ($ARGV[0], map { pack "H*", $_ } split "/", $ARGV[1]);
                mkdir "$tree/$names[0]" or die;
                open(my $f, ">", "$tree/$names[0]/$names[1]") or die;
                print $f "x" x 10000;
                """, tree.toString(), hex("caf\u00e9 \u00ff\u00fe") + "/" + hex("\u0080\n")))
                .expect(0);
        MountedDaemon daemon =
                MountedDaemon.mount(scratch, tree, "mount", "256M").browse();
        Command.run(List.of(
                        "sh",
                        "-c",
                        "cat \"$1\"/*/* >/dev/null",
                        "sh",
                        daemon.mountPoint().toString()))
                .expect(0);
        daemon.settle();
        String path = daemon.mountPoint() + name;

        Stat stat = Stat.parse(command("stat", "--json", path).expect(0).out());
        assertThat(Base64.getDecoder().decode(stat.text("path_base64"))).isEqualTo(bytes(path));
        assertThat(stat.text("path")).isEqualTo(new String(bytes(path), StandardCharsets.UTF_8));
        assertThat(stat.number("size_bytes")).isEqualTo(10_000);
        assertThat(stat.number("cached_bytes")).isEqualTo(10_000);
        assertThat(command("stat", path).expect(0).out())
                .contains("mount/caf\\351 \\377\\376/\\200\\012" + System.lineSeparator());

        command("stat", daemon.mountPoint() + "/caf\u00e9 \u00ff\u00fd").complained(1, "caf\\351 \\377\\375: no such");
        command("flush", daemon.mountPoint() + "/caf\u00e9/../\u00ff").complained(1, "mount/\\377: no such");
        command("flush", "/\u00ff").complained(30, "/\\377: not in a netcachefs mount");
        command("mount", "/\u00ff", "/mnt", "--size", "256M").complained(1, "/\\377: ");

        command("flush", "--wait", path).expect(0);
        assertThat(Stat.parse(command("stat", "--json", path).expect(0).out()).number("cached_bytes"))
                .isZero();
        assertThat(daemon.stat(daemon.mountPoint()).json().has("path_base64")).isFalse();
    }

    /** {@code netcachefs} with these arguments, each character of which is a byte. */
    private Command.Result command(String... arguments) {
        List<String> command = new ArrayList<>(List.of("perl", "-e", "exec map { pack 'H*', $_ } @ARGV"));
        for (String argument : Product.netcachefs(List.of(arguments))) {
            command.add(hex(argument));
        }
        return Command.run(command, Product.environment(scratch.directory()), Duration.ofSeconds(60));
    }

    private static byte[] bytes(String each) {
        return each.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String hex(String each) {
        return HexFormat.of().formatHex(bytes(each));
    }
}
