package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;

/** What is absent from a directory that was made through us is known, until somebody else may have changed it. */
class NewDirectoriesTest {
    private Fixture fixture;
    private long directory;

    @BeforeEach
    void makeDirectory() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
        directory = make("d");
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    @Test
    void directoryBeingFilled_isNotAskedForTheNamesToCome() throws Exception {
        long before = lookups();
        for (int i = 0; i < 10; i++) {
            assertThat(lookup("f" + i)).isEqualTo(Errno.ENOENT);
            create("f" + i);
            fixture.clock.pass(Duration.ofSeconds(2)); // the kernel asks for the way again
            assertThat(fixture.client.walk("d").node()).isEqualTo(directory);
        }
        assertThat(lookups()).isEqualTo(before);
        for (int i = 0; i < 10; i++) {
            assertThat(lookup("f" + i)).isNull();
        }
    }

    @Test
    void foreignName_isSeen_whenTheDirectoryWasLookedAt() throws Exception {
        create("ours");
        fixture.side.file("d/theirs", new byte[1]);
        fixture.client.getattr(directory, FileSystem.NO_HANDLE);
        assertThat(lookup("theirs")).isNull();
    }

    @Test
    void foreignName_isSeen_afterTheTimeForAbsentNames() throws Exception {
        create("ours");
        fixture.side.file("d/theirs", new byte[1]);
        fixture.clock.pass(AttributeTimes.DEFAULT.negative());
        assertThat(lookup("theirs")).isNull();
    }

    @Test
    void foreignName_isSeenAtOnce_whereNothingIsBelieved() throws Exception {
        try (Fixture strict = Fixture.writable(Fixture.with(Coherency.STRICT, Duration.ZERO))) {
            Client.Answered<Entry> made = new Client.Answered<>();
            strict.files.mkdir(Client.CALLER, FileSystem.ROOT, FileName.of("d"), 0755, made);
            made.value.join();
            strict.side.file("d/theirs", new byte[1]);
            assertThat(strict.client.stat("d/theirs").size()).isEqualTo(1);
        }
    }

    @Test
    void creationThatFailed_andWasMadeAllTheSame_isSeen() throws Exception {
        fixture.upstream.faults().fail(Operation.CREATE, 1, Errno.EIO);
        assertThatThrownBy(() -> create("f")).isInstanceOf(ErrnoException.class);
        fixture.side.file("d/f", new byte[1]);
        assertThat(lookup("f")).isNull();
    }

    @Test
    void removedName_isAbsent_andMayComeBack() throws Exception {
        create("f");
        Client.Answered<Void> gone = new Client.Answered<>();
        fixture.files.unlink(Client.CALLER, directory, FileName.of("f"), gone);
        gone.value.join();
        assertThat(lookup("f")).isEqualTo(Errno.ENOENT);
        create("f");
        assertThat(lookup("f")).isNull();
    }

    @Test
    void otherSpellings_andHiddenNames_areAskedFor() throws Exception {
        create("File");
        for (String name : new String[] {"file", "FILE", ".snapshot", "FILE~1", "File.", "file:stream", "f\u00efle"}) {
            long before = lookups();
            assertThat(lookup(name)).isEqualTo(Errno.ENOENT);
            assertThat(lookups()).as(name).isGreaterThan(before);
        }
    }

    /** As where directories are made of what a store of objects has already. */
    @Test
    void directoryThatIsNotEmptyWhenMade_isAskedForItsNames() throws Exception {
        fixture.upstream.faults().after(Operation.MKDIR, () -> fixture.side.file("e/f", new byte[1]));
        make("e");
        assertThat(fixture.client.stat("e/f").size()).isEqualTo(1);
    }

    @Test
    void nameThatWasListed_isFound_alsoIfWeChangedTheDirectoryMeanwhile() throws Exception {
        create("ours");
        fixture.side.file("d/theirs", new byte[1]);
        fixture.upstream.faults().after(Operation.LIST, () -> createQuietly("late"));
        assertThat(fixture.client.list("d")).contains("theirs");
        assertThat(lookup("theirs")).isNull();
    }

    @Test
    void namesMovedInAndOut_areWhereTheyAre() throws Exception {
        fixture.client.create("x", OpenFlags.O_WRONLY).end();
        create("y");
        rename(FileSystem.ROOT, "x", directory, "x");
        rename(directory, "y", FileSystem.ROOT, "y");
        assertThat(lookup("x")).isNull();
        assertThat(lookup("y")).isEqualTo(Errno.ENOENT);
        rename(FileSystem.ROOT, "y", directory, "y");
        assertThat(lookup("y")).isNull();
    }

    @Test
    void moreThanAreKept_areAskedFor() throws Exception {
        for (int i = 0; i <= NewDirectories.MOST_NAMES; i++) {
            create("f" + i);
        }
        long before = lookups();
        assertThat(lookup("other")).isEqualTo(Errno.ENOENT);
        assertThat(lookups()).isGreaterThan(before);
        for (int i = 0; i <= NewDirectories.MOST_NAMES; i += 100) {
            assertThat(lookup("f" + i)).isNull();
        }
    }

    @Test
    void ofMoreDirectoriesThanAreKept_theFirstIsAsked() throws Exception {
        for (int i = 0; i < NewDirectories.MOST; i++) {
            make("e" + i);
        }
        long before = lookups();
        assertThat(lookup("f")).isEqualTo(Errno.ENOENT);
        assertThat(lookups()).isGreaterThan(before);
    }

    @Test
    void directoryPutInItsPlace_isAskedForItsNames() throws Exception {
        fixture.side.directory("other");
        fixture.side.file("other/f", new byte[1]);
        fixture.upstream.faults().after(Operation.MKDIR, () -> {
            fixture.clock.pass(Duration.ofSeconds(1));
            fixture.side.delete("e");
            fixture.side.rename("other", "e");
        });
        make("e");
        assertThat(fixture.client.stat("e/f").size()).isEqualTo(1);
    }

    private long make(String name) {
        Client.Answered<Entry> made = new Client.Answered<>();
        fixture.files.mkdir(Client.CALLER, FileSystem.ROOT, FileName.of(name), 0755, made);
        return made.value.join().node();
    }

    private void rename(long from, String name, long to, String newName) {
        Client.Answered<Void> moved = new Client.Answered<>();
        fixture.files.rename(Client.CALLER, from, FileName.of(name), to, FileName.of(newName), 0, moved);
        moved.value.join();
    }

    private void createQuietly(String name) {
        try {
            create(name);
        } catch (ErrnoException e) {
            throw new IllegalStateException(e);
        }
    }

    private void create(String name) throws ErrnoException {
        fixture.client.create(directory, name, OpenFlags.O_WRONLY, 0644).end();
    }

    /** Null when it is there. */
    private Errno lookup(String name) {
        Client.Answered<Entry> reply = new Client.Answered<>();
        fixture.files.lookup(Client.CALLER, directory, FileName.of(name), reply);
        if (reply.value.handle((entry, failure) -> failure != null).join()) {
            return Client.errnoOf(reply.value);
        }
        fixture.files.forget(reply.value.join().node(), 1);
        return null;
    }

    private long lookups() {
        return fixture.upstream.faults().count(Operation.OPEN)
                + fixture.upstream.faults().count(Operation.FORCED_STATUS);
    }
}
