package org.netcachefs.store;

/** Names one upstream tree across restarts: file system type, mount source, root within it, and the file system's UUID ("" where it has none). */
public record VolumeKey(String type, String source, String root, String uuid) {}
