package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.netcachefs.daemon.upstream.ByteLock;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.OpenFlags;

/** A file that can be locked through the mount, and beside it. */
abstract class LocksFixture {
    static final int BLOCK = Fixture.BLOCK;
    static final long MINE = 101;
    static final long OTHERS = 102;

    Fixture fixture;
    Client client;
    Client.Open file;
    final Notices notices = new Notices();

    @BeforeEach
    void setUp() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
        fixture.files.init(notices);
        client = fixture.client;
        fixture.oldFile("f", Fixture.bytes(BLOCK, 1));
        file = client.openToWrite("f", OpenFlags.O_RDWR);
    }

    @AfterEach
    void tearDown() throws Exception {
        file.close();
        Awaitility.await().until(() -> fixture.files.locks.size() == 0);
        assertThat(fixture.files.locks.files()).isZero();
        fixture.close();
    }

    /** Another program beside the mount. */
    DataHandle foreign() throws ErrnoException {
        return foreign("f", OpenFlags.O_RDWR);
    }

    DataHandle foreign(String name, int access) throws ErrnoException {
        try (PathHandle path = fixture.memory.open(fixture.memory.root(), FileName.of(name))) {
            return fixture.memory.locks().open(path, access);
        }
    }

    boolean foreignLock(DataHandle by, LockRequest.Kind kind, long start, long end) throws ErrnoException {
        return fixture.memory.locks().set(by, new ByteLock(kind, start, end));
    }

    long sent(Operation operation) {
        return fixture.upstream.faults().count(operation);
    }

    /** A lock whose answer waits until the kernel has {@code dropped} its pages. */
    Client.Answered<Void> lockThatWaitsForTheKernel(CompletableFuture<Boolean> dropped) throws Exception {
        notices.answer = dropped;
        Client.Answered<Void> lock = client.awaitLock(file.posix(MINE, LockRequest.Kind.WRITE, 0, 9));
        Awaitility.await().until(() -> notices.offsets.size() == 1);
        return lock;
    }
}
