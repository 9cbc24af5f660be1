package org.netcachefs.fuse;

/** The answer to an atomic create and open. */
public record Created(Entry entry, Opened opened) {}
