package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.fuse.Caller;

class CallersTest {
    @TempDir
    private Path processes;

    private final Fixture.TestClock clock = new Fixture.TestClock();
    private Callers callers;

    @BeforeEach
    void setUp() {
        callers = new Callers(processes, true, clock::monotonicNanos);
    }

    private void process(int number, String groups) throws Exception {
        Path status = Files.createDirectories(processes.resolve(Integer.toString(number)))
                .resolve("status");
        Files.writeString(status, "Name:\tGroups:\\n1\nUid:\t7\t7\t7\t7\nGroups:\t" + groups + " \nNStgid:\t1\n");
    }

    @Test
    void groups_areThoseOfTheProcess() throws Exception {
        process(12, "5 4294967290");
        assertThat(callers.of(new Caller(7, 8, 12))).isEqualTo(new Identity(7, 8, List.of(5, -6)));
        process(13, "");
        assertThat(callers.of(new Caller(7, 8, 13))).isEqualTo(new Identity(7, 8, List.of()));
    }

    @Test
    void whoMayNotKeepSetIds_isNotTheDaemonItself() throws Exception {
        process(12, "");
        Identity weak = callers.of(new Caller(0, 0, 12), true);
        assertThat(weak.isOwn()).isFalse();
        assertThat(weak).isEqualTo(Identity.OWN.losingSetIds());
        assertThat(callers.of(new Caller(0, 8, 12), true).keepsSetIds()).isFalse();
        assertThat(callers.of(new Caller(0, 8, 12), false).keepsSetIds()).isTrue();
        assertThat(callers.of(new Caller(7, 8, 12), true)).isEqualTo(callers.of(new Caller(7, 8, 12)));
    }

    @Test
    void groups_areReadAgainAfterATenthOfASecond() throws Exception {
        process(12, "5");
        assertThat(callers.of(new Caller(7, 8, 12)).groups()).containsExactly(5);
        process(12, "6");
        assertThat(callers.of(new Caller(7, 8, 12)).groups()).containsExactly(5);
        clock.pass(Duration.ofNanos(Callers.USED_NANOS));
        assertThat(callers.of(new Caller(7, 8, 12)).groups()).containsExactly(6);
    }

    @Test
    void groups_ofOneUser_areNotThoseOfAnother_inTheSameProcess() throws Exception {
        process(12, "5");
        callers.of(new Caller(7, 8, 12));
        process(12, "6");
        assertThat(callers.of(new Caller(9, 8, 12)).groups()).containsExactly(6);
        assertThat(callers.of(new Caller(9, 7, 12)).groups()).containsExactly(6);
    }

    @Test
    void whoHasGone_orIsTheKernel_hasNoGroups() {
        assertThat(callers.of(new Caller(7, 8, 99))).isEqualTo(new Identity(7, 8, List.of()));
        assertThat(callers.of(new Caller(7, 8, 0))).isEqualTo(new Identity(7, 8, List.of()));
    }

    @Test
    void root_isTheDaemonItself() throws Exception {
        process(12, "5");
        assertThat(callers.of(new Caller(0, 0, 12))).isSameAs(Identity.OWN);
        assertThat(callers.of(new Caller(0, 3, 12))).isEqualTo(new Identity(0, 3, List.of(5)));
    }

    @Test
    void daemonThatIsNotRoot_doesAllAsItself() throws Exception {
        process(12, "5");
        Callers own = new Callers(processes, false, clock::monotonicNanos);
        assertThat(own.of(new Caller(7, 8, 12))).isSameAs(Identity.OWN);
        assertThat(own.of(new Caller(7, 8, 12), true)).isSameAs(Identity.OWN);
    }

    @Test
    void thisProcess_isFoundInTheRealPlace() throws Exception {
        String status = Files.readString(Path.of("/proc/self/status"));
        assertThat(Callers.groups(status))
                .hasSameSizeAs(status.lines()
                        .filter(line -> line.startsWith("Groups:"))
                        .flatMap(line -> java.util.Arrays.stream(
                                line.substring(7).strip().split(" ")))
                        .filter(group -> !group.isEmpty())
                        .toList());
    }
}
