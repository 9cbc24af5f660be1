package org.netcachefs.fuse.internal.protocol;

/**
 * Where a request came from: its answer goes out by {@code channel}, interrupts reach it through {@code interrupts}, and memory for
 * what is answered comes from {@code buffers}, pipes for file regions from {@code pipes}.
 */
public record Origin(KernelChannel channel, InterruptDesk interrupts, AnswerBuffers buffers, SplicePipes pipes) {}
