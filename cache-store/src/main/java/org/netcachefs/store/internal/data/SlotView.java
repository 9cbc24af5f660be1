package org.netcachefs.store.internal.data;

/** What a culling policy may know of a slot: sectors taken (0: free), reads counted lately and one for being still unread (0..3), held, pinned, split. */
public record SlotView(int takenSectors, int reads, boolean held, boolean pinned, boolean split) {}
