package org.netcachefs.daemon.upstream;

/** The tree that tests use keeps the promises of the real one. */
class MemoryUpstreamTest extends UpstreamTreeContract {
    private final MemoryUpstream memory = new MemoryUpstream();
    private final UpstreamTree faulty = new FaultyUpstream(memory);

    @Override
    protected UpstreamTree tree() {
        return faulty;
    }

    @Override
    protected UpstreamSide side() {
        return memory.side();
    }
}
