package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.Product;
import org.netcachefs.it.harness.Scratch;

/**
 * Promise: a PostgreSQL server works in a mount, killed ones included. It runs as another user than root, who mounts for himself: in a
 * mount namespace where the project is at a place he can reach.
 */
class PostgresIT {
    private static final int NOBODY = 65_534;

    /** {@code $0} is the project, {@code $1} the scratch folder within it, {@code $2} the script that {@code $3} runs. Paths of sockets must be short. */
    private static final String AS_NOBODY = """
            mount --bind "$0" /mnt
            mount -t tmpfs tmpfs "$0/$1/device"
            mknod -m 666 "$0/$1/device/fuse" c 10 229
            mount --bind "$0/$1/device/fuse" /dev/fuse
            mount --bind "$0/$1/work" /srv
            cd /srv
            exec setpriv --reuid=$3 --regid=$3 --clear-groups sh -euc "$2" /mnt/netcachefs "$4"
            """;

    /**
     * Makes a cluster, loads it, kills the server, mounts anew; then the same cluster is looked at without the mount. A dump's
     * {@code \\restrict} lines name a random key.
     */
    private static final String SCENARIO = """
            exec 2>&1
            export HOME=$PWD XDG_RUNTIME_DIR=$PWD/run XDG_CACHE_HOME=$PWD/cache XDG_STATE_HOME=$PWD/state
            export NETCACHEFS_JAVA_OPTS=-Djava.io.tmpdir=$PWD/tmp PGHOST=$PWD/socket PGUSER=postgres PGDATABASE=postgres
            PATH=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1):$PATH
            mkdir run tmp socket upstream mount

            start() {
                pg_ctl -s -w -D "$1" -l log -o "-c listen_addresses= -c unix_socket_directories=$PGHOST" start ||
                    { cat log; exit 1; }
            }
            content() {
                psql -AtF ' ' -c 'SELECT (SELECT sum(abalance) FROM pgbench_accounts),
                    (SELECT sum(tbalance) FROM pgbench_tellers), (SELECT sum(bbalance) FROM pgbench_branches),
                    (SELECT sum(delta) FROM pgbench_history), (SELECT count(*) FROM pgbench_history) > 0'
                pg_dump | grep -v 'restrict ' | sha256sum
            }

            "$0" mount --size 512M upstream mount
            initdb -D mount/db -k -A trust -U postgres >initdb.log || { cat initdb.log; exit 1; }
            start mount/db
            pgbench -q -i -s 1 >pgbench.log 2>&1 || { cat pgbench.log; exit 1; }
            pgbench -c 4 -j 2 -T "$1"
            echo == killed
            pg_ctl -s -D mount/db -m immediate stop
            "$0" umount mount
            "$0" mount upstream mount
            start mount/db
            psql -qc CHECKPOINT -c VACUUM
            echo == mount
            content
            pg_ctl -s -D mount/db -m fast stop
            pg_checksums -c -D mount/db | grep -i bad
            "$0" umount mount
            start upstream/db
            echo == upstream
            content
            pg_ctl -s -D upstream/db -m fast stop
            pg_checksums -c -D upstream/db | grep -i bad
            echo == end
            """;

    private final Scratch scratch = Scratch.make("postgres");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @Test
    void postgres_underLoad_killed_andStartedAgain_hasWhatUpstreamHas() throws Exception {
        postgres(3);
    }

    @Test
    @Tag("long")
    void postgres_underLoadForAMinute_killed_andStartedAgain_hasWhatUpstreamHas() throws Exception {
        postgres(60);
    }

    private void postgres(int seconds) throws Exception {
        String said = runAsNobody(seconds).out();

        String throughMount = part(said, "mount");
        assertThat(part(said, "upstream")).isEqualTo(throughMount);
        List<String> lines = throughMount.strip().lines().toList();
        assertThat(lines).as(said).hasSize(3);
        String[] sums = lines.get(0).split(" ");
        assertThat(List.of(sums).subList(0, 4)).as("the same sum four times").containsOnly(sums[0]);
        assertThat(sums[4]).isEqualTo("t");
        assertThat(lines.get(2)).matches("Bad checksums: +0");
        said.lines().filter(line -> line.startsWith("tps")).forEach(line -> Figures.note("pgbench: " + line));
    }

    private static String part(String said, String name) {
        String from = said.substring(said.indexOf("== " + name + "\n"));
        String body = from.substring(from.indexOf('\n') + 1);
        return body.substring(0, body.indexOf("== "));
    }

    /** Whatever is left running ends with the process namespace. */
    private Command.Result runAsNobody(int seconds) throws Exception {
        Path root = Product.root().toRealPath();
        Path work = scratch.folder("work");
        scratch.folder("device");
        Files.setPosixFilePermissions(scratch.directory(), PosixFilePermissions.fromString("rwx--x--x"));
        Files.setAttribute(work, "unix:uid", NOBODY);
        Files.setAttribute(work, "unix:gid", NOBODY);
        Map<String, String> environment = new HashMap<>(Product.environment(scratch.directory()));
        List<String> command = List.of(
                "unshare",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "sh",
                "-euc",
                AS_NOBODY,
                root.toString(),
                root.relativize(scratch.directory()).toString(),
                SCENARIO,
                "" + NOBODY,
                "" + seconds);
        return Command.run(command, environment, Duration.ofMinutes(5)).expect(0);
    }
}
