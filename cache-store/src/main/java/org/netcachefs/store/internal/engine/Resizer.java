package org.netcachefs.store.internal.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.data.DataFile;
import org.netcachefs.store.internal.data.Errnos;
import org.netcachefs.store.internal.data.Superblock;
import org.netcachefs.store.internal.data.Superblock.Layout;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.BlockRow;
import org.netcachefs.store.internal.index.Index;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a cache that is not yet open another size. Growing: file first, superblock second. Shrinking: what lies in the slots
 * that go is forgotten first, then the superblock, then the file.
 */
final class Resizer {
    private static final Logger LOG = LoggerFactory.getLogger(Resizer.class);
    private static final int USES = 1024;

    private final Path directory;
    private final DataFile data;
    private final Index index;
    private final boolean preallocate;

    Resizer(Path directory, DataFile data, Index index, boolean preallocate) {
        this.directory = directory;
        this.data = data;
        this.index = index;
        this.preallocate = preallocate;
    }

    Superblock resize(Superblock before, Layout wanted) throws CacheException {
        Superblock after = before.withLayout(wanted);
        if (wanted.slots() > before.layout().slots()) {
            length(wanted.dataBytes());
            after.write(directory);
        } else {
            forgetFrom(wanted.slots());
            after.write(directory);
            length(wanted.dataBytes());
        }
        LOG.info("cache {}: size {} is now {}", directory, before.layout().size(), wanted.size());
        return after;
    }

    void length(long bytes) throws CacheException {
        int errno = -data.resize(bytes, preallocate);
        if (errno != 0) {
            throw new CacheException(
                    Errnos.reason(errno), directory + ": cannot make data " + bytes + " bytes: " + Errnos.text(errno));
        }
    }

    private void forgetFrom(int slot) throws CacheException {
        boolean more = true;
        while (more) {
            List<Index.Use> uses = new ArrayList<>();
            index.slotsFrom(slot, use -> {
                uses.add(use);
                return uses.size() < USES;
            });
            for (Index.Use use : uses) {
                forget(use, slot);
            }
            more = uses.size() == USES;
        }
        index.store().sync();
    }

    private void forget(Index.Use use, int slot) throws CacheException {
        Batch batch = new Batch();
        Index.deleteSlot(batch, use.slot(), use.cookie(), use.block());
        BlockRow row = index.block(use.cookie(), use.block());
        if (row != null) {
            Index.putBlock(batch, use.cookie(), use.block(), row.only(piece -> piece.slot() < slot));
        }
        index.write(batch);
    }
}
