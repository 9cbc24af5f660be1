package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.Faults;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.Timestamp;

/** How many calls on upstream writing takes: over a network each is a round trip. */
class WriteCallsTest {
    private Fixture fixture;
    private Faults faults;

    @BeforeEach
    void setUp() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
        faults = fixture.upstream.faults();
        Awaitility.await().until(() -> faults.count(Operation.STATFS) == 1); // asked in the background when mounted
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    @Test
    void fileThatTarMakes_isOpenedOnce_andNotAskedForAgain() throws Exception {
        Client.Open file = fixture.client.create("f", OpenFlags.O_WRONLY | OpenFlags.O_EXCL, 0600);
        assertThat(capability(file.node)).isEqualTo(Errno.ENODATA);
        file.write(0, Fixture.bytes(4096, 1));
        long opened = faults.count(Operation.OPEN);
        fixture.client.set(
                file.node, new SetAttributes(null, null, null, null, Timestamp.EPOCH, Timestamp.EPOCH, null));
        fixture.client.set(file.node, new SetAttributes(null, 7, 8, null, null, null, null));
        fixture.client.set(file.node, new SetAttributes(0644, null, null, null, null, null, null));
        file.end();
        assertThat(faults.count(Operation.OPEN)).isEqualTo(opened);
        assertThat(faults.count(Operation.GETXATTR)).isZero();
        assertThat(faults.count(Operation.OPEN_DATA)).isZero();
        assertThat(faults.count(Operation.FORCED_STATUS)).isZero();
    }

    @Test
    void nameWeMade_isResolvedWithoutUpstream_whileItsFileAndDirectoryChange() throws Exception {
        Client.Open file = fixture.client.create("f", OpenFlags.O_WRONLY);
        file.write(0, Fixture.bytes(4096, 1));
        long calls = faults.calls();
        Entry found = resolve("f");
        assertThat(found.node()).isEqualTo(file.node);
        assertThat(found.attributesValidNanos()).isZero();
        assertThat(faults.calls()).isEqualTo(calls);
        file.end();
    }

    private Entry resolve(String name) throws ErrnoException {
        return Client.ask(reply -> fixture.files.resolve(Client.CALLER, FileSystem.ROOT, FileName.of(name), reply));
    }

    @Test
    void capability_isAskedForOnce_whileAFileIsWritten() throws Exception {
        fixture.oldFile("f", Fixture.bytes(10, 1));
        Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_WRONLY);
        for (int i = 0; i < 100; i++) {
            assertThat(capability(file.node)).isEqualTo(Errno.ENODATA);
            long calls = faults.calls();
            file.write(i, new byte[] {1});
            assertThat(faults.calls() - calls).isEqualTo(1);
        }
        assertThat(faults.count(Operation.GETXATTR)).isEqualTo(1);
        fixture.clock.pass(Duration.ofSeconds(4));
        assertThat(capability(file.node)).isEqualTo(Errno.ENODATA);
        assertThat(faults.count(Operation.GETXATTR)).isEqualTo(2);
        file.end();
    }

    @Test
    void capability_ofAFileThatWasThereBeforeItsCreation_isAskedFor() throws Exception {
        fixture.oldFile("f", Fixture.bytes(10, 1));
        Client.Open file = fixture.client.create("f", OpenFlags.O_WRONLY);
        assertThat(capability(file.node)).isEqualTo(Errno.ENODATA);
        assertThat(faults.count(Operation.GETXATTR)).isEqualTo(1);
        file.end();
    }

    @Test
    void capability_thatTheFileIsGiven_isSeenAtOnce() throws Exception {
        fixture.oldFile("f", Fixture.bytes(10, 1));
        Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_WRONLY);
        assertThat(capability(file.node)).isEqualTo(Errno.ENODATA);
        file.write(0, new byte[] {1});
        byte[] rights = {1, 2, 3};
        Client.<Void>ask(reply -> fixture.files.setxattr(Client.CALLER, file.node, Xattr.CAPABILITY, rights, 0, reply));
        assertThat(Client.<byte[]>ask(
                        reply -> fixture.files.getxattr(Client.CALLER, file.node, Xattr.CAPABILITY, reply)))
                .isEqualTo(rights);
        file.end();
    }

    private Errno capability(long node) {
        Client.Answered<byte[]> reply = new Client.Answered<>();
        fixture.files.getxattr(Client.CALLER, node, Xattr.CAPABILITY, reply);
        return Client.errnoOf(reply.value);
    }
}
