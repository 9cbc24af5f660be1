package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;

/** What is believed of the names in a directory that is changed through us. */
class ChangedNamesTest {
    @Test
    void nameThatWentWhileItWasAskedFor_isNotBelieved() throws Exception {
        for (Coherency coherency : new Coherency[] {Coherency.CLOSE_TO_OPEN, Coherency.IMMUTABLE}) {
            try (Fixture fixture = Fixture.writable(Fixture.with(coherency, Duration.ZERO))) {
                fixture.oldFile("f", Fixture.bytes(10, 1));
                fixture.upstream.faults().after(Operation.OPEN, () -> unlink(fixture, "f"));
                Client.Answered<Entry> late = new Client.Answered<>();
                fixture.files.lookup(Client.CALLER, FileSystem.ROOT, FileName.of("f"), late);
                late.value
                        .exceptionally(failure -> Entry.negative(0))
                        .join(); // upstream said it is there; then it went
                assertThat(resolved(fixture, "f")).isEqualTo(Errno.ENOENT);
                fixture.client.getattr(
                        FileSystem.ROOT, FileSystem.NO_HANDLE); // the directory's attributes are known again
                assertThat(resolved(fixture, "f")).as("%s", coherency).isEqualTo(Errno.ENOENT);
            }
        }
    }

    @Test
    void fileMade_thatOthersTookAwayAtOnce_isNotBelieved() throws Exception {
        try (Fixture fixture = Fixture.writable(NetfsConfig.DEFAULT)) {
            fixture.upstream.faults().after(Operation.CREATE, () -> fixture.side.delete("f"));
            Client.Open file = fixture.client.create("f", OpenFlags.O_WRONLY);
            assertThat(resolved(fixture, "f")).isEqualTo(Errno.ENOENT);
            file.end();
        }
    }

    /** Its descriptor would hold back the file's space until the daemon ends. */
    @Test
    void fileReleasedWhileItsNameGoes_isNotKeptOpen() throws Exception {
        try (Fixture fixture = Fixture.writable(NetfsConfig.DEFAULT)) {
            fixture.oldFile("f", Fixture.bytes(10, 1));
            Client.Open reader = fixture.client.open("f");
            fixture.upstream.faults().after(Operation.OPEN_DATA, () -> {
                try {
                    reader.close();
                } catch (ErrnoException e) {
                    throw new IllegalStateException(e);
                }
            });
            unlink(fixture, "f");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> fixture.files.statistics().gauges().fds() == 0);
        }
    }

    private static void unlink(Fixture fixture, String name) {
        Client.Answered<Void> gone = new Client.Answered<>();
        fixture.files.unlink(Client.CALLER, FileSystem.ROOT, FileName.of(name), gone);
        gone.value.join();
    }

    private static Errno resolved(Fixture fixture, String name) {
        Client.Answered<Entry> reply = new Client.Answered<>();
        fixture.files.resolve(Client.CALLER, FileSystem.ROOT, FileName.of(name), reply);
        return Client.errnoOf(reply.value);
    }
}
