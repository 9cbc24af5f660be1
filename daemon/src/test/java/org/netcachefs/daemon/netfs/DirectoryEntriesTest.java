package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.fuse.DirectoryReply;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Opened;

/** Listings with attributes: each entry comes with them, for at most one status upstream, many in one call. */
class DirectoryEntriesTest {
    private static final int FILES = 1000;
    /** As many entries with names of this length as a reply of 4 KiB takes. */
    private static final int REPLY = 24;

    private Fixture fixture;
    private Client client;

    @BeforeEach
    void setUp() throws Exception {
        fixture = new Fixture();
        client = fixture.client;
        fixture.side.directory("d");
        for (int i = 0; i < FILES; i++) {
            fixture.side.file("d/f" + i, new byte[i % 10]);
        }
        fixture.clock.pass(Duration.ofHours(1));
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    @Test
    void listing_ofADirectoryNeverSeen_asksForEachEntryOnceAndInFewCalls() throws Exception {
        long node = client.walk("d").node();
        Counts before = new Counts();
        assertSizes(list(node, true));
        assertThat(before.passed(Operation.LIST)).isOne();
        assertThat(before.passed(Operation.OPEN)).isLessThanOrEqualTo(FILES + 2);
        assertThat(before.passed(Operation.STATUS)).isLessThanOrEqualTo(FILES + 2);
        assertThat(before.passed(Operation.FORCED_STATUS)).isLessThanOrEqualTo(3);
        assertThat(before.calls()).isLessThanOrEqualTo(FILES / DirectoryEntries.MOST_AT_ONCE + 3);
    }

    @Test
    void listing_againWhileAttributesAreBelieved_asksForNone() throws Exception {
        long node = client.walk("d").node();
        list(node, true);
        Counts before = new Counts();
        assertSizes(list(node, true));
        assertThat(before.passed(Operation.STATUS)).isZero();
        assertThat(before.calls()).isLessThanOrEqualTo(3);
    }

    @Test
    void listing_afterAttributesWereBelievedLongEnough_asksForEachEntryOnceAndInFewCalls() throws Exception {
        long node = client.walk("d").node();
        list(node, true);
        fixture.side.write("d/f500", 0, new byte[77]);
        fixture.clock.pass(Duration.ofSeconds(4));
        Counts before = new Counts();
        Map<String, Optional<Entry>> entries = list(node, true);
        assertThat(entries.get("f500").orElseThrow().attributes().size()).isEqualTo(77);
        entries.remove("f500");
        assertSizes(entries);
        assertThat(before.passed(Operation.LIST)).isZero();
        assertThat(before.passed(Operation.STATUS)).isLessThanOrEqualTo(FILES + 2);
        assertThat(before.calls()).isLessThanOrEqualTo(FILES / DirectoryEntries.MOST_AT_ONCE + 3);
    }

    @Test
    void fileReplacedUpstream_isListedAsTheNewOne_thoughTheOldAttributesWouldBeBelieved() throws Exception {
        long node = client.walk("d").node();
        list(node, true);
        fixture.side.file("new", new byte[88]);
        fixture.side.rename("new", "d/f3");
        Entry entry = list(node, true).get("f3").orElseThrow();
        assertThat(entry.attributes().size()).isEqualTo(88);
        assertThat(entry.node()).isEqualTo(client.walk("d/f3").node());
    }

    @Test
    void nameThatWentSinceItWasListed_comesWithoutAttributes_andThoseBehindWithThem() throws Exception {
        long node = client.walk("d").node();
        fixture.upstream.faults().after(Operation.LIST, () -> fixture.side.delete("d/f1"));
        Map<String, Optional<Entry>> entries = list(node, true);
        assertThat(entries.remove("f1")).isEmpty();
        assertSizes(entries);
        assertThat(entries).hasSize(FILES - 1);
    }

    @Test
    void plainListing_asksForNoAttributes() throws Exception {
        long node = client.walk("d").node();
        Counts before = new Counts();
        assertThat(list(node, false))
                .hasSize(FILES)
                .allSatisfy((name, entry) -> assertThat(entry).isEmpty());
        assertThat(before.passed(Operation.OPEN)).isLessThanOrEqualTo(1);
        assertThat(before.passed(Operation.STATUS)).isLessThanOrEqualTo(1);
    }

    @Test
    void startOfADirectoryOfASlowUpstream_isAnsweredWithWhatWasLookedUpInAShortTime() throws Exception {
        long node = client.walk("d").node();
        long handle = open(node);
        for (int i = 0; i < 3; i++) {
            fixture.upstream.faults().after(Operation.STATUS, () -> fixture.clock.pass(Duration.ofMillis(5)));
        }
        Page page = new Page();
        fixture.files.readdir(Client.CALLER, node, handle, 0, true, page);
        Client.get(page.done);
        assertThat(page.entries)
                .hasSize(2)
                .allSatisfy((name, entry) -> assertThat(entry).isPresent());
        Page rest = new Page();
        Counts before = new Counts();
        fixture.files.readdir(Client.CALLER, node, handle, page.position, false, rest);
        Client.get(rest.done);
        assertThat(rest.entries).hasSize(REPLY);
        assertThat(before.calls()).isZero();
    }

    @Test
    void listing_whileUpstreamHangs_hasTheAttributesLastSeen() throws Exception {
        long node = client.walk("d").node();
        list(node, true);
        fixture.clock.pass(Duration.ofHours(1));
        fixture.calls.open();
        Counts before = new Counts();
        assertSizes(list(node, true));
        assertThat(before.passed(Operation.STATUS)).isZero();
    }

    @Test
    void entriesNobodyTook_areNotHeld() throws Exception {
        long node = client.walk("d").node();
        list(node, true);
        for (Node known : fixture.files.core.nodes().values()) {
            assertThat(known.isReferred()).as(known.toString()).isFalse();
        }
    }

    private static void assertSizes(Map<String, Optional<Entry>> entries) {
        assertThat(entries).hasSizeGreaterThanOrEqualTo(FILES - 1);
        entries.forEach((name, entry) -> assertThat(entry.orElseThrow(() -> new AssertionError(name))
                        .attributes()
                        .size())
                .isEqualTo(Integer.parseInt(name.substring(1)) % 10));
    }

    private long open(long node) throws ErrnoException {
        return Client.<Opened>ask(reply -> fixture.files.opendir(Client.CALLER, node, OpenFlags.READ, reply))
                .handle();
    }

    /** The entries but dots; each lookup is given back. */
    private Map<String, Optional<Entry>> list(long node, boolean withAttributes) throws ErrnoException {
        long handle = open(node);
        Map<String, Optional<Entry>> all = new LinkedHashMap<>();
        Page page = new Page();
        do {
            page = new Page(page.position);
            fixture.files.readdir(Client.CALLER, node, handle, page.position, withAttributes, page);
            Client.get(page.done);
            all.putAll(page.entries);
            page.entries.values().forEach(taken -> taken.ifPresent(entry -> fixture.files.forget(entry.node(), 1)));
        } while (page.taken > 0);
        fixture.files.releasedir(node, handle, new Client.Answered<>());
        return all;
    }

    /** What was asked since it was made. */
    private final class Counts {
        private final Map<Operation, Long> before = new LinkedHashMap<>();
        private final long callsBefore = fixture.calls.count(Lane.METADATA);

        Counts() {
            for (Operation operation : Operation.values()) {
                before.put(operation, fixture.upstream.faults().count(operation));
            }
        }

        long passed(Operation operation) {
            return fixture.upstream.faults().count(operation) - before.get(operation);
        }

        long calls() {
            return fixture.calls.count(Lane.METADATA) - callsBefore;
        }
    }

    /** One reply. */
    private static final class Page implements DirectoryReply {
        private final CompletableFuture<Boolean> done = new CompletableFuture<>();
        private final Map<String, Optional<Entry>> entries = new LinkedHashMap<>();
        private long position;
        private int taken;

        Page() {}

        Page(long position) {
            this.position = position;
        }

        @Override
        public boolean add(FileName name, long inode, FileType type, long nextPosition, Entry entry) {
            if (entries.size() == REPLY) {
                return false;
            }
            taken++;
            position = nextPosition;
            if (!name.toString().startsWith(".")) {
                entries.put(name.toString(), Optional.ofNullable(entry));
            }
            return true;
        }

        @Override
        public boolean end() {
            return done.complete(true);
        }

        @Override
        public boolean error(Errno errno) {
            return done.completeExceptionally(new ErrnoException(errno, "readdir"));
        }

        @Override
        public void onInterrupt(Runnable action) {}
    }
}
