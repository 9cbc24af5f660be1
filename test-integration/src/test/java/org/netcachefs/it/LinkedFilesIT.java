package org.netcachefs.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Scratch;

/** Promise: a file of several names is read as it is by whichever name it is opened. */
class LinkedFilesIT {
    private static final int SIZE = 30_000;

    private final Scratch scratch = Scratch.make("links");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @Test
    void changedFile_readByOneName_isNotStaleByTheOther() throws Exception {
        Path tree = scratch.folder("tree");
        Content.write(tree.resolve("a"), 1, SIZE);
        Files.createLink(tree.resolve("b"), tree.resolve("a"));
        waitUntilSettled();
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "256M");
        Content.verify(daemon.path("a"), 1, SIZE);
        overwrite(tree.resolve("a"), 2);
        waitUntilSettled();
        Content.verify(daemon.path("b"), 2, SIZE);
        Content.verify(daemon.path("a"), 2, SIZE);
    }

    @Test
    void fileRenamedAwayAndBack_isNotStale() throws Exception {
        Path tree = scratch.folder("tree");
        Path x = tree.resolve("x");
        Path y = tree.resolve("y");
        Content.write(x, 1, SIZE);
        waitUntilSettled();
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "256M");
        Content.verify(daemon.path("x"), 1, SIZE);
        Files.move(x, y, StandardCopyOption.ATOMIC_MOVE);
        overwrite(y, 2);
        waitUntilSettled();
        Content.verify(daemon.path("y"), 2, SIZE);
        Files.createLink(x, y); // no other content: only ctime changes
        waitUntilSettled();
        Content.verify(daemon.path("y"), 2, SIZE);
        Content.verify(daemon.path("x"), 2, SIZE);
    }

    @Test
    void nameThatWasReplaced_isReadAnew() throws Exception {
        Path tree = scratch.folder("tree");
        Content.write(tree.resolve("a"), 1, SIZE);
        Files.createLink(tree.resolve("b"), tree.resolve("a"));
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "256M");
        Content.verify(daemon.path("a"), 1, SIZE);
        Content.verify(daemon.path("b"), 1, SIZE);
        Content.write(tree.resolve("c"), 2, SIZE);
        Files.move(tree.resolve("c"), tree.resolve("a"), StandardCopyOption.ATOMIC_MOVE);
        Content.verify(daemon.path("a"), 2, SIZE);
        Content.verify(daemon.path("b"), 1, SIZE);
    }

    private static void overwrite(Path file, long seed) throws Exception {
        Files.write(file, Content.bytes(seed, 0, SIZE), StandardOpenOption.WRITE);
    }

    /** Only what was read some time after its last change may stay in the kernel. */
    private static void waitUntilSettled() throws InterruptedException {
        Thread.sleep(2500);
    }
}
