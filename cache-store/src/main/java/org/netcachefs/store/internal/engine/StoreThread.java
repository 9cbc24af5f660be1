package org.netcachefs.store.internal.engine;

/** A thread of the store, which may wait for its disk. */
final class StoreThread extends Thread {
    StoreThread(String name, Runnable body) {
        super(body, "netcachefs-store-" + name);
        setDaemon(true);
    }
}
