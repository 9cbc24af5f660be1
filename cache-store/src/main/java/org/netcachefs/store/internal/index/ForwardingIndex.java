package org.netcachefs.store.internal.index;

import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;

/** Hands every call on to another index: the base of those that change some calls. Thread-safe as that one is. */
public abstract class ForwardingIndex implements IndexStore {
    protected final IndexStore index;

    protected ForwardingIndex(IndexStore index) {
        this.index = index;
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) throws CacheException {
        return index.get(family, key);
    }

    @Override
    public byte @Nullable [] getInMemory(Family family, byte[] key) throws CacheException {
        return index.getInMemory(family, key);
    }

    @Override
    public void scan(Family family, byte[] from, BiPredicate<byte[], byte[]> row) throws CacheException {
        index.scan(family, from, row);
    }

    @Override
    public void write(Batch batch) throws CacheException {
        index.write(batch);
    }

    @Override
    public void sync() throws CacheException {
        index.sync();
    }

    @Override
    public void flush() throws CacheException {
        index.flush();
    }

    @Override
    public void compact() throws CacheException {
        index.compact();
    }

    @Override
    public void stopCompacting() {
        index.stopCompacting();
    }

    @Override
    public void recover() throws CacheException {
        index.recover();
    }

    @Override
    public void verify() throws CacheException {
        index.verify();
    }

    @Override
    public long bytes() {
        return index.bytes();
    }

    @Override
    public long lastingBytes() {
        return index.lastingBytes();
    }

    @Override
    public long memoryBytes() {
        return index.memoryBytes();
    }

    @Override
    public void close() {
        index.close();
    }
}
