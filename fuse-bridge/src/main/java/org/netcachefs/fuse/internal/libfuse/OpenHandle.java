package org.netcachefs.fuse.internal.libfuse;

/**
 * What the kernel has open: the file system's {@code handle} of {@code node}, on which one lookup is held until released.
 * {@code kernelNode} is the kernel's inode whose pages it shares, 0 for none.
 */
record OpenHandle(long node, long handle, long kernelNode) {}
