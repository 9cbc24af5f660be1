package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import jnr.constants.platform.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.DebianSource;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.Load;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Product;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.SideBySide;
import org.netcachefs.it.harness.Trees;

/** Promise: programs that write do in a mount what they do on the disk. */
class ProgramsIT {
    private final Scratch scratch = Scratch.make("programs");
    private SideBySide both;

    @BeforeEach
    void mount() throws Exception {
        both = SideBySide.mount(scratch);
    }

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    // ---- git

    /** Commits of a fixed time have the same name wherever they are made. */
    private static final String GIT = """
            export GIT_AUTHOR_DATE='2025-01-01T00:00:00Z' GIT_COMMITTER_DATE='2025-01-01T00:00:00Z'
            export GIT_CONFIG_NOSYSTEM=1
            git clone -q "file://$1" clone
            cd clone
            git config user.name Nobody
            git config user.email nobody@example.org
            git config gc.auto 0
            git config pack.threads 1
            git status --porcelain
            for i in 1 2 3 4 5 6 7 8 9 10; do
                seq $i 1000 >numbers$i
                echo $i >>README.md
                git add numbers$i
                git status --porcelain
                git commit -qam "change $i"
            done
            git mv README.md READ.md
            git rm -q numbers3
            git status --porcelain
            git commit -qm moved
            git checkout -q HEAD~4
            git status --porcelain
            ls
            git checkout -q -
            git status --porcelain
            git rev-parse HEAD 'HEAD^{tree}'
            git fsck --full --strict
            git gc -q --prune=now
            git fsck --full --strict
            git count-objects -v | grep -v '^size-pack'
            git stash list
            git diff HEAD --stat
            """;

    @Test
    void git_clonesCommitsCollectsAndChecks() throws Exception {
        String said = both.run(GIT, Product.root().toString());

        assertThat(said).contains("in-pack:").doesNotContainIgnoringCase("error");
        both.assertSame(".git");
        String there = both.in(both.upstream().resolve("clone"), "git status --porcelain; git fsck --full --strict");
        assertThat(there).isEmpty();
        both.remount();
        assertThat(both.in(both.mountPoint().resolve("clone"), "git status --porcelain; git fsck --full --strict"))
                .isEmpty();
    }

    // ---- builds

    /** Two dozen files, a library and a program; what is built again follows from times alone. */
    private static final String SMALL_BUILD = """
            for i in $(seq 24); do
                printf '#include "all.h"\\nint part%d(int x) { return x * %d + OFFSET; }\\n' $i $i >part$i.c
                echo "int part$i(int x);" >>all.h
            done
            echo '#define OFFSET 7' >>all.h
            { printf '%s\\n' '#include "all.h"' '#include <stdio.h>' 'int main(void) { int sum = 0;'
              for i in $(seq 24); do echo "sum += part$i(sum);"; done
              printf '%s\\n' 'printf("%d\\n", sum); return 0; }'; } >main.c
            cat >Makefile <<'END'
            PARTS = $(patsubst %.c,%.o,$(wildcard part*.c))
            program: main.o libparts.a
            \t$(CC) -o $@ main.o -L. -lparts
            libparts.a: $(PARTS)
            \t$(AR) rcD $@ $(sort $(PARTS))
            %.o: %.c all.h
            \t$(CC) -O2 -Wall -c -o $@ $<
            END
            make -j2 >log
            grep -c -e ' -c ' log
            ./program
            make -q program
            touch part7.c
            make -j2 >log
            grep -c -e ' -c ' log
            sed -i 's/OFFSET 7/OFFSET 8/' all.h
            make -j2 >log
            grep -c -e ' -c ' log
            ./program
            make -q program
            rm log
            """;

    @Test
    void make_buildsWhatChanged() throws Exception {
        String said = both.run(SMALL_BUILD);

        assertThat(said.lines().toList()).hasSize(5).contains("25", "1");
        both.assertSame();
    }

    @Test
    @Tag("long")
    void make_buildsADebianPackage() throws Exception {
        Path source = DebianSource.unpacked("zlib");

        String said = both.run("""
                cp -a "$1" build
                cd build
                ./configure >/dev/null
                make -j2 >log 2>&1 || { cat log; exit 1; }
                make check 2>&1 | grep -e OK
                ./minigzip <adler32.c | ./minigzip -d | cmp - adler32.c
                ls -l *.a *.so* *.o minigzip | sed 's/ [A-Z][a-z][a-z] .*[0-9] / /'
                rm log
                """, source.toString());

        assertThat(said).contains("zlib test OK", "libz.a");
        both.assertSame("configure.log");
    }

    @Test
    @Tag("long")
    void maven_buildsAModule() throws Exception {
        String said = both.run("""
                mkdir fuse-bridge
                sed '/<modules>/,/<\\/modules>/d' "$1/pom.xml" >pom.xml
                cp -r "$1/fuse-bridge/pom.xml" "$1/fuse-bridge/src" fuse-bridge
                mvn -o -q -B -f fuse-bridge -Dmaven.test.skip package >log 2>&1 || { cat log; exit 1; }
                rm log
                unzip -q fuse-bridge/target/*.jar -d unpacked
                find unpacked -name '*.class' | wc -l
                """, Product.root().toString());

        assertThat(Integer.parseInt(said.strip())).isGreaterThan(50);
        both.assertSame("maven-status");
    }

    // ---- databases

    /** Four writers, each of which also looks whether the total it sees is that of the rows it sees. */
    private static final String SQLITE = """
            sqlite3 db "PRAGMA journal_mode = $1;
                CREATE TABLE row(writer INT, number INT, text TEXT, PRIMARY KEY (writer, number));
                CREATE TABLE total(rows INT); INSERT INTO total VALUES (0);"
            writer() {
                echo .timeout 100000
                i=0
                while [ $i -lt $2 ]; do
                    echo "BEGIN IMMEDIATE; INSERT INTO row VALUES ($1, $i, hex(zeroblob($i % 900)) || $i);"
                    echo "UPDATE total SET rows = rows + 1; COMMIT;"
                    echo "SELECT 'torn' FROM total WHERE rows <> (SELECT count(*) FROM row);"
                    i=$((i + 1))
                done
            }
            writers=
            for w in 1 2 3 4; do
                writer $w $2 | sqlite3 -bail db &
                writers="$writers $!"
            done
            for w in $writers; do
                wait $w
            done
            """;

    private static final String SQLITE_CONTENT = """
            sqlite3 db 'PRAGMA journal_mode; PRAGMA integrity_check; SELECT rows FROM total'
            sqlite3 db 'SELECT writer, count(*), sum(number) FROM row GROUP BY writer'
            sqlite3 db 'SELECT * FROM row ORDER BY writer, number' | sha256sum
            ls
            """;

    @Test
    void sqlite_withAWriteAheadLog_byFourProcesses() throws Exception {
        sqlite("wal", 40);
    }

    @Test
    void sqlite_withARollbackJournal_byFourProcesses() throws Exception {
        sqlite("delete", 40);
    }

    @Test
    @Tag("long")
    void sqlite_withAWriteAheadLog_byFourProcesses_longer() throws Exception {
        sqlite("wal", 500);
    }

    @Test
    @Tag("long")
    void sqlite_withARollbackJournal_byFourProcesses_longer() throws Exception {
        sqlite("delete", 150);
    }

    private void sqlite(String journal, int rows) throws Exception {
        assertThat(both.run(SQLITE, journal, "" + rows).strip()).isEqualTo(journal);

        String content = both.run(SQLITE_CONTENT);

        assertThat(content).startsWith(journal + "\nok\n" + 4 * rows + "\n");
        assertThat(both.in(both.upstream(), SQLITE_CONTENT)).isEqualTo(content);
        both.remount();
        assertThat(both.in(both.mountPoint(), SQLITE_CONTENT)).isEqualTo(content);
        both.assertSameAsUpstream();
    }

    // ---- copies of trees

    @Test
    void rsync_ofATree_copiesAllOfIt_andThenNothing() throws Exception {
        Path source = source();
        String copy = "rsync -aHAX --delete --itemize-changes \"$1/\" copy";

        assertThat(both.run(copy, source.toString()).lines().count()).isGreaterThan(200);
        assertThat(both.run(copy, source.toString())).as("what is copied again").isEmpty();
        both.in(
                source,
                "rm -r d1; seq 1000 >d0/f1; chmod 700 d2; mv d0/f3 d0/f3.moved; ln -sf elsewhere links/relative");
        assertThat(both.run(copy, source.toString())).contains("deleting", "f3.moved", "elsewhere");
        both.in(both.upstream(), "touch copy/not-there-before; rm copy/d0/f5"); // an upstream has other users
        both.remount();
        assertThat(both.in(both.mountPoint(), copy, source.toString())).contains("d0/f5", "not-there-before");
        assertThat(both.in(both.upstream(), copy + " --checksum --dry-run", source.toString()))
                .isEmpty();
        both.assertSameAsUpstream();
    }

    @Test
    void tar_inAndOut_makesTheSameArchive() throws Exception {
        Path source = source();
        Path archive = scratch.directory().resolve("archive.tar");
        String pack = "tar --sort=name --xattrs --acls"
                + " --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime -cf - -C \"$1\" . ";
        both.in(source, pack + ">\"$2\"", source.toString(), archive.toString());

        both.run("mkdir copy; tar --xattrs --xattrs-include='*' --acls -xpf \"$1\" -C copy", archive.toString());

        String sum = both.in(source, "sha256sum <\"$1\"", archive.toString());
        assertThat(both.run(pack + "| sha256sum", "copy")).isEqualTo(sum);
        assertThat(both.in(both.upstream(), pack + "| sha256sum", "copy")).isEqualTo(sum);
        both.assertSameAsUpstream();
        both.remount();
        assertThat(both.in(both.mountPoint(), pack + "| sha256sum", "copy")).isEqualTo(sum);
    }

    /** Files of all sizes, odd names, links, owners, extended attributes and access lists. */
    private Path source() throws IOException {
        Path source = scratch.folder("source");
        Trees.make(source, 200);
        Trees.oddities(source);
        both.in(source, """
                setfattr -n user.colour -v green d0/f1
                setfattr -n user.large -v "$(seq 200)" d0/f2
                setfattr -n user.of.a.folder -v yes d1
                setfattr -n trusted.secret -v 1 d0/f4
                setfacl -m u:1234:rw d0/f3
                setfacl -m d:u:1234:rwx d2
                chown 1234:2345 d0/f4
                chown -h 12:34 links/relative
                chmod 4755 d0/f5
                chmod 1777 d3
                chmod 0 d0/f7
                touch -hd '1999-12-31 23:59:59.123456789' links/dangling d0/f6
                truncate -s 3M d0/sparse
                rm links/socket
                """);
        return source;
    }

    // ---- editors

    @Test
    void vi_savesByRenamingAndInPlace() throws Exception {
        String said = both.run("""
                edit() {
                    vi -u NONE -i NONE -e -s -c "set backupskip= backupcopy=$1 $2" -c "%s/old/$1/e" -c 'wq' "$3"
                }
                for way in no yes auto; do
                    seq 5000 | sed 's/^42$/old/' >$way.txt
                    chmod 640 $way.txt
                    ln $way.txt $way.linked
                    edit $way nobackup $way.txt
                    edit $way backup $way.linked
                    ln -s $way.txt $way.symbolic
                    sed -i "s/^77$/old/" $way.txt
                    edit $way nobackup $way.symbolic
                done
                stat -c '%n %a %h %s %F' *
                sha256sum *
                """);

        assertThat(said).contains("no.txt 640", "auto.linked~ 640");
        both.assertSame();
        both.remount();
        both.assertSame();
    }

    /**
     * A new file renamed over the old one: whoever opens it, upstream too, finds one or the other, whoever has the old one open keeps
     * it. libfuse 2
     * fails an open of what the name led to a moment before: that is tried again here.
     */
    @Test
    void fileSavedByRename_isAlwaysWholeForReaders() throws Exception {
        Path file = both.mountPoint().resolve("document");
        AtomicInteger saved = new AtomicInteger();
        AtomicInteger again = new AtomicInteger();
        save(file, 0);
        try (Posix.File first = Posix.open(file, Posix.O_RDONLY)) {
            byte[] before = first.read(0, 1 << 20);
            try (Load others = Load.start(
                            1,
                            (worker, turn) ->
                                    version(Files.readString(both.upstream().resolve("document"))));
                    Load readers = Load.start(2, (worker, turn) -> {
                        int least = saved.get();
                        int version = version(opened(file, again));
                        assertThat(version).isBetween(least, saved.get() + 1);
                    })) {
                for (int i = 1; i <= 200; i++) {
                    save(file, i);
                    saved.set(i);
                    assertThat(version(Files.readString(both.upstream().resolve("document"))))
                            .isEqualTo(i);
                }
                readers.stop();
                others.stop();
            }
            Figures.note("opens of a file that is saved 200 times, tried again: " + again);
            first.dropPages();
            assertThat(first.read(0, 1 << 20)).as("the file that was replaced").isEqualTo(before);
        }
        MountedDaemon.await("the file that was replaced to go", () -> {
            try (Stream<Path> left = Files.list(both.upstream())) {
                return left.count() == 1;
            }
        });
        both.assertSameAsUpstream();
    }

    /** What is read of it; only the open may fail. */
    private static String opened(Path file, AtomicInteger again) throws IOException {
        while (true) {
            Posix.File open;
            try {
                open = Posix.open(file, Posix.O_RDONLY);
            } catch (Posix.ErrnoIOException e) {
                assertThat(e.errno()).isIn(Errno.ENOENT, Errno.ESTALE);
                again.incrementAndGet();
                continue;
            }
            try (open) {
                return new String(open.read(0, 1 << 20), StandardCharsets.UTF_8);
            }
        }
    }

    /** Lines that all name the version, more or fewer of them each time. */
    private static String document(int version) {
        return ("version " + version + "\n").repeat(1000 + version * 37 % 20_000);
    }

    private static int version(String text) {
        int version = Integer.parseInt(text.substring("version ".length(), text.indexOf('\n')));
        assertThat(text.equals(document(version)))
                .as("all of version " + version)
                .isTrue();
        return version;
    }

    private static void save(Path file, int version) throws IOException {
        Path fresh = file.resolveSibling("document.new");
        Files.writeString(fresh, document(version));
        try (FileChannel open = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            open.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
