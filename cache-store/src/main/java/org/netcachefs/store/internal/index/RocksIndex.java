package org.netcachefs.store.internal.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** The index in RocksDB. A gate keeps every thread out of the native library once it is closed. */
public final class RocksIndex implements IndexStore {
    private final Path directory;
    private final long budget;
    private final Map<Family, ColumnFamilyHandle> byFamily = new EnumMap<>(Family.class);
    private RocksSettings settings;
    private RocksDB database;
    private final WriteOptions unsynced = new WriteOptions().setSync(false);
    private final ReadOptions anywhere = new ReadOptions();
    private final ReadOptions inMemory = new ReadOptions().setReadTier(ReadTier.BLOCK_CACHE_TIER);
    private final CompactRangeOptions compaction = new CompactRangeOptions().setExclusiveManualCompaction(false);
    private final ReadWriteLock gate = new ReentrantReadWriteLock();
    private boolean open = true;
    private boolean finished;

    private RocksIndex(Path directory, long budget) throws CacheException {
        this.directory = directory;
        this.budget = budget;
        settings = new RocksSettings(budget);
        database = openDatabase();
    }

    /** Opens the database in {@code directory}, made when it is not there, to stay within {@code budget} bytes. */
    public static RocksIndex open(Path directory, long budget) throws CacheException {
        RocksDB.loadLibrary();
        return new RocksIndex(directory, budget);
    }

    /** How the database is opened. */
    private interface Opening {
        RocksDB open() throws CacheException;
    }

    private RocksDB reopened(Opening opening) throws CacheException {
        settings = new RocksSettings(budget);
        RocksDB opened = opening.open();
        open = true;
        return opened;
    }

    private RocksDB openDatabase() throws CacheException {
        return open(handles -> RocksDB.open(settings.database(), directory.toString(), settings.families(), handles));
    }

    /** For a disk that takes no writes: what is there can be read, and writes fail. */
    private RocksDB openReadOnly() throws CacheException {
        return open(handles ->
                RocksDB.openReadOnly(settings.database(), directory.toString(), settings.families(), handles));
    }

    /** A call on RocksDB that fills in the handles of the families. */
    private interface NativeOpening {
        RocksDB open(List<ColumnFamilyHandle> handles) throws RocksDBException;
    }

    private RocksDB open(NativeOpening opening) throws CacheException {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB opened = opening.open(handles);
            Family[] families = Family.values();
            for (int i = 0; i < families.length; i++) {
                byFamily.put(families[i], handles.get(i));
            }
            return opened;
        } catch (RocksDBException e) {
            settings.close();
            throw failure(directory, e);
        }
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) throws CacheException {
        return get(family, key, anywhere);
    }

    @Override
    public byte @Nullable [] getInMemory(Family family, byte[] key) throws CacheException {
        return get(family, key, inMemory);
    }

    private byte @Nullable [] get(Family family, byte[] key, ReadOptions options) throws CacheException {
        enter();
        try {
            return database.get(handle(family), options, key);
        } catch (RocksDBException e) {
            throw failure(directory, e);
        } finally {
            leave();
        }
    }

    @Override
    public void scan(Family family, byte[] from, BiPredicate<byte[], byte[]> row) throws CacheException {
        enter();
        try (RocksIterator rows = database.newIterator(handle(family), anywhere)) {
            for (rows.seek(from); rows.isValid(); rows.next()) {
                if (!row.test(rows.key(), rows.value())) {
                    return;
                }
            }
            rows.status();
        } catch (RocksDBException e) {
            throw failure(directory, e);
        } finally {
            leave();
        }
    }

    @Override
    public void write(Batch batch) throws CacheException {
        enter();
        try (WriteBatch rows = new WriteBatch()) {
            for (Batch.Change change : batch.changes()) {
                byte[] value = change.value();
                if (value == null) {
                    rows.delete(handle(change.family()), change.key());
                } else {
                    rows.put(handle(change.family()), change.key(), value);
                }
            }
            database.write(unsynced, rows);
        } catch (RocksDBException e) {
            throw failure(directory, e);
        } finally {
            leave();
        }
    }

    @Override
    public void sync() throws CacheException {
        enter();
        try {
            database.syncWal();
        } catch (RocksDBException e) {
            throw failure(directory, e);
        } finally {
            leave();
        }
    }

    @Override
    public void flush() throws CacheException {
        enter();
        try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
            database.flush(wait, List.copyOf(byFamily.values()));
        } catch (RocksDBException e) {
            throw failure(directory, e);
        } finally {
            leave();
        }
    }

    @Override
    public void compact() throws CacheException {
        enter();
        try {
            for (ColumnFamilyHandle family : byFamily.values()) {
                database.compactRange(family, null, null, compaction);
            }
        } catch (RocksDBException e) {
            throw failure(directory, e);
        } finally {
            leave();
        }
    }

    @Override
    public synchronized void stopCompacting() {
        if (!finished) {
            compaction.setCanceled(true);
        }
    }

    @Override
    public long bytes() {
        return bytesIn(directory);
    }

    @Override
    public long lastingBytes() {
        return measured(() -> database.getAggregatedLongProperty("rocksdb.live-sst-files-size"));
    }

    @Override
    public long memoryBytes() {
        return measured(() -> settings.memoryBytes()); // of those that are in use once inside
    }

    /** What is asked of the native library. */
    private interface Measure {
        long bytes() throws RocksDBException;
    }

    private long measured(Measure measure) {
        try {
            enter();
        } catch (CacheException e) {
            return 0; // closed, or being opened anew
        }
        try {
            return measure.bytes();
        } catch (RocksDBException e) {
            return 0;
        } finally {
            leave();
        }
    }

    /** What the files in {@code directory} occupy on disk, in bytes. */
    public static long bytesIn(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(RocksIndex::occupied).sum();
        } catch (IOException e) {
            return 0;
        }
    }

    private static long occupied(Path file) {
        try {
            return (Files.size(file) + 4095) / 4096 * 4096;
        } catch (IOException e) {
            return 0; // gone meanwhile
        }
    }

    private ColumnFamilyHandle handle(Family family) {
        return Objects.requireNonNull(byFamily.get(family));
    }

    private void enter() throws CacheException {
        if (!gate.readLock().tryLock()) {
            throw new CacheException(Reason.TIMEOUT, directory + ": the index is being opened or closed");
        }
        if (!open) {
            gate.readLock().unlock();
            throw new CacheException(Reason.OFFLINE, directory + ": the index is closed");
        }
    }

    private void leave() {
        gate.readLock().unlock();
    }

    @Override
    public void recover() throws CacheException {
        gate.writeLock().lock();
        try {
            if (finished) {
                return;
            }
            closeDatabase();
            database = reopened(this::openDatabase);
        } catch (CacheException e) {
            database = reopened(this::openReadOnly);
            throw e;
        } finally {
            gate.writeLock().unlock();
        }
    }

    @Override
    public void verify() throws CacheException {
        enter();
        try {
            database.verifyChecksum();
        } catch (RocksDBException e) {
            throw failure(directory, e);
        } finally {
            leave();
        }
    }

    @Override
    public synchronized void close() {
        stopCompacting();
        gate.writeLock().lock();
        try {
            finished = true;
            closeDatabase();
            List.of(unsynced, anywhere, inMemory, compaction).forEach(AbstractNativeReference::close);
        } finally {
            gate.writeLock().unlock();
        }
    }

    private void closeDatabase() {
        if (open) {
            open = false;
            byFamily.values().forEach(ColumnFamilyHandle::close);
            database.close();
            settings.close();
        }
    }

    private static CacheException failure(Path directory, RocksDBException e) {
        Status status = e.getStatus();
        String message = directory + ": index: " + e.getMessage();
        return new CacheException(status == null ? Reason.IO : reason(status), message, e);
    }

    private static Reason reason(Status status) {
        return switch (status.getCode()) {
            case Incomplete, TimedOut, Busy, TryAgain -> Reason.TIMEOUT;
            case Corruption, NotFound, InvalidArgument -> Reason.DAMAGED;
            case IOError -> status.getSubCode() == Status.SubCode.NoSpace ? Reason.FULL : Reason.IO;
            case ShutdownInProgress, Aborted -> Reason.OFFLINE;
            default -> Reason.IO;
        };
    }
}
