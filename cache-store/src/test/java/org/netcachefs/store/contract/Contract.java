package org.netcachefs.store.contract;

/** A part of the contract: what holds for every cache. */
interface Contract {
    /** The cache of this test, open and empty. */
    CacheProbe probe();
}
