package org.netcachefs.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.fuse.MountTable;

class MountPlannerTest {
    @TempDir
    Path given;

    private Path base;
    private Path upstream;
    private Path mountPoint;
    private final OptionValues options = new OptionValues();

    @BeforeEach
    void makeTrees() throws Exception {
        base = given.toRealPath();
        upstream = Files.createDirectories(base.resolve("upstream"));
        mountPoint = Files.createDirectories(base.resolve("mnt"));
        options.set("", "size", "1G");
        options.set("", "cache", base.resolve("cache").toString());
    }

    private MountPlan plan(Path upstream, Path mountPoint) throws RefusedException {
        Surroundings user =
                new Surroundings(1000, base.resolve("home"), Path.of("/tmp"), Map.of("XDG_RUNTIME_DIR", "/r"));
        return new MountPlanner(user, options).plan(upstream.toString(), mountPoint.toString());
    }

    private static void assertRefused(ThrowingCallable planning, ExitCode code, String... parts) {
        assertThatThrownBy(planning)
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(code))
                .message()
                .contains(parts)
                .doesNotContain("\n");
    }

    @Test
    void allowOther_ofAnotherUserThanRoot_isRefused() throws Exception {
        options.set("", "allow-other", "yes");
        assertRefused(() -> plan(upstream, mountPoint), ExitCode.USAGE, "--allow-other", "root", "user 1000");
    }

    @Test
    void allowOther_withoutACapabilityItTakes_isRefused() throws Exception {
        MountChecks.capabilities(List.of());
        assertRefused(
                () -> MountChecks.capabilities(List.of("CAP_SETGID")),
                ExitCode.NOT_PERMITTED,
                "--allow-other",
                "lacks CAP_SETGID,",
                "--cap-add");
    }

    @Test
    void plan_resolvesLinksAndPlaces() throws Exception {
        Path link = Files.createSymbolicLink(base.resolve("link"), upstream);
        MountPlan plan = plan(link, mountPoint);
        assertThat(plan.upstream()).isEqualTo(upstream);
        assertThat(plan.mountPoint()).isEqualTo(mountPoint);
        assertThat(plan.cacheDirectory()).isEqualTo(base.resolve("cache"));
        assertThat(plan.controlSocket()).hasParentRaw(Path.of("/r/netcachefs"));
        assertThat(plan.controlSocket().toString()).hasSizeLessThan(107);
    }

    @Test
    void coherency_ofAnUpstreamThatDoesNotAskAgain_isRefusedUnlessAccepted() throws Exception {
        MountPlan plan = plan(upstream, mountPoint);
        MountChecks.coherency(plan, true);
        assertRefused(
                () -> MountChecks.coherency(plan, false),
                ExitCode.USAGE,
                "--coherency=close-to-open",
                "upstream " + upstream,
                "--accept-stale");
        options.set("", "accept-stale", "yes");
        MountChecks.coherency(plan(upstream, mountPoint), false);
        options.set("", "accept-stale", "no");
        options.set("", "coherency", "immutable");
        MountChecks.coherency(plan(upstream, mountPoint), false);
    }

    @Test
    void plan_upstreamMissing() {
        Path missing = base.resolve("missing");
        assertRefused(
                () -> plan(missing, mountPoint), ExitCode.UPSTREAM, "upstream " + missing, "no such file or directory");
    }

    @Test
    void plan_upstreamIsAFile() throws IOException {
        Path file = Files.createFile(base.resolve("file"));
        assertRefused(() -> plan(file, mountPoint), ExitCode.UPSTREAM, "upstream " + file, "not a directory");
    }

    @Test
    void plan_mountPointMissing() {
        Path missing = base.resolve("missing");
        assertRefused(() -> plan(upstream, missing), ExitCode.MOUNT_POINT, "mount point " + missing, "mkdir -p");
    }

    @Test
    void plan_mountPointIsAFile() throws IOException {
        Path file = Files.createFile(base.resolve("file"));
        assertRefused(() -> plan(upstream, file), ExitCode.MOUNT_POINT, "mount point " + file, "not a directory");
    }

    @Test
    void plan_cacheIsAFile() throws Exception {
        Path file = Files.createFile(base.resolve("cache"));
        assertRefused(() -> plan(upstream, mountPoint), ExitCode.USAGE, "cache " + file + ": not a directory");
    }

    @Test
    void mountPoint_alreadyOurs_isRefusedWithoutTouchingIt() {
        String line = "50 27 0:40 / /nowhere/at/all rw - fuse.netcachefs /srv rw\n";
        MountChecks checks = new MountChecks(MountTable.parse(line.getBytes(StandardCharsets.UTF_8)));
        assertRefused(
                () -> checks.mountPoint(Path.of("/nowhere/at/all")),
                ExitCode.MOUNT_POINT,
                "already a netcachefs mount");
    }

    @Test
    void plan_overItself_isAllowed() throws Exception {
        assertThat(plan(upstream, upstream).mountPoint()).isEqualTo(upstream);
    }

    @Test
    void plan_upstreamBelowMountPoint() throws IOException {
        Path below = Files.createDirectories(mountPoint.resolve("up"));
        assertRefused(() -> plan(below, mountPoint), ExitCode.NESTED, below.toString(), mountPoint.toString());
    }

    @Test
    void plan_mountPointBelowUpstream() throws IOException {
        Path below = Files.createDirectories(upstream.resolve("mnt"));
        assertRefused(() -> plan(upstream, below), ExitCode.NESTED, below.toString(), upstream.toString());
    }

    @Test
    void plan_cacheBelowMountPoint_evenThroughALinkAndByForce() throws Exception {
        Path link = Files.createSymbolicLink(base.resolve("link"), mountPoint);
        options.set("", "cache", link.resolve("a/b").toString());
        options.set("", "force", "yes");
        assertRefused(() -> plan(upstream, mountPoint), ExitCode.NESTED, "cache", "below the mount point", "--cache");
    }

    @Test
    void plan_programBelowMountPoint() {
        Path classes =
                Path.of(System.getProperty("java.class.path").split(":")[0]).getParent();
        assertRefused(() -> plan(upstream, classes.toRealPath()), ExitCode.NESTED, "below the mount point");
    }

    @Test
    void plan_cacheInUpstream_onlyByForce() throws Exception {
        options.set("", "cache", upstream.resolve("cache").toString());
        assertRefused(() -> plan(upstream, mountPoint), ExitCode.NESTED, "cache", "lies in upstream", "--force");
        options.set("", "force", "yes");
        assertThat(plan(upstream, mountPoint).cacheDirectory()).isEqualTo(upstream.resolve("cache"));
    }

    @Test
    void nesting_cacheOnNetworkFileSystem_isRefused() throws Exception {
        String table = "27 1 8:1 / / rw - ext4 /dev/sda rw\n28 27 0:50 / " + base + " rw - nfs4 server:/export rw\n";
        MountChecks checks = new MountChecks(MountTable.parse(table.getBytes(StandardCharsets.UTF_8)));
        MountPlan plan = plan(upstream, mountPoint);
        assertRefused(() -> checks.nesting(plan), ExitCode.NESTED, "nfs4", "--cache");
    }

    @Test
    void plan_sizeMissingForANewCache() throws Exception {
        OptionValues none = new OptionValues();
        none.set("", "cache", base.resolve("cache").toString());
        Surroundings user = new Surroundings(1000, base, Path.of("/tmp"), Map.of());
        assertRefused(
                () -> new MountPlanner(user, none).plan(upstream.toString(), mountPoint.toString()),
                ExitCode.USAGE,
                "--size is needed");
    }

    @Test
    void device_missing_namesIt() {
        Path missing = base.resolve("fuse");
        assertRefused(
                () -> MountChecks.device(missing),
                ExitCode.SYSTEM,
                missing + " is missing",
                "--transport=libfuse",
                "modprobe");
    }
}
