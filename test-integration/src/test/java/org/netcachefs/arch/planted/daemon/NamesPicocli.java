package org.netcachefs.arch.planted.daemon;

import picocli.CommandLine.Option;

/** Violation: an annotation alone is a dependency, too. */
public final class NamesPicocli {
    @Option(names = "--size")
    public long size;
}
