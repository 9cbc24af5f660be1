package org.netcachefs.daemon.upstream;

/** The tree that tests use keeps the promises of the real one. */
class MemoryLocksTest extends UpstreamLocksContract {
    private final UpstreamTree faulty = new FaultyUpstream(new MemoryUpstream());

    @Override
    protected UpstreamTree tree() {
        return faulty;
    }
}
