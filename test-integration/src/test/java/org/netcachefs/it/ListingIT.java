package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Perl;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Stat;

/** Promise: whoever lists a big directory and looks at each entry, as {@code ls -l}, has each asked for at most once, many in one call. */
class ListingIT {
    private static final int FILES = 3000;
    /** The daemon's, with room for a machine on which a few of them take their time. */
    private static final int CALLS = FILES / 20;

    private static final String TRANSPORT = System.getProperty("netcachefs.transport", "");

    /** As {@code ls -l} does: each entry is looked at as soon as it is listed. */
    private static final String LOOK = "opendir(my $d, $ARGV[0]) or die; my ($n, $sum) = (0, 0);"
            + "while (defined(my $name = readdir $d)) { next if $name =~ /^\\./;"
            + "my @s = lstat(\"$ARGV[0]/$name\") or die \"$name: $!\"; $n++; $sum += $s[7]; } print \"$n $sum\\n\";";

    private final Scratch scratch = Scratch.make("listing");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @Test
    void entriesOfABigDirectory_areLookedUpByFewCalls_whenNeverSeenAndWhenNoLongerBelieved() throws Exception {
        Path tree = scratch.folder("tree");
        Path big = Files.createDirectory(tree.resolve("big"));
        long bytes = 0;
        for (int i = 0; i < FILES; i++) {
            Files.write(big.resolve("file-" + i), new byte[i % 7]);
            bytes += i % 7;
        }
        MountedDaemon daemon = mount(tree);
        assertThat(look(daemon)).isEqualTo(FILES + " " + bytes);

        Command.pause(java.time.Duration.ofMillis(3500)); // longer than attributes are believed first
        Files.write(big.resolve("file-14"), new byte[1000]);
        Stat before = daemon.stat();
        assertThat(look(daemon)).isEqualTo(FILES + " " + (bytes + 1000));
        Stat after = daemon.stat();
        if (!TRANSPORT.equals("libfuse")) { // which has the kernel look up each by itself
            assertThat(before.number("upstream.calls")).isLessThan(2L * CALLS);
            assertThat(after.number("upstream.calls") - before.number("upstream.calls"))
                    .isLessThan(CALLS);
            assertThat(after.number("meta.hits") - before.number("meta.hits"))
                    .as("attributes, and no lookups")
                    .isLessThan(FILES * 3L / 2);
        }
    }

    private MountedDaemon mount(Path tree) throws Exception {
        return TRANSPORT.isEmpty()
                ? MountedDaemon.mount(scratch, tree, "mount", "256M", "--transport", "kernel")
                : MountedDaemon.mount(scratch, tree, "mount", "256M");
    }

    private String look(MountedDaemon daemon) throws Exception {
        return Perl.start(scratch, LOOK, daemon.path("big")).rest().strip();
    }
}
