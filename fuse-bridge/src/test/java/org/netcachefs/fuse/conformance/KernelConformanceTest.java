package org.netcachefs.fuse.conformance;

import org.junit.jupiter.api.Nested;
import org.netcachefs.fuse.Transports;

/** The suite, over the kernel's own protocol. */
class KernelConformanceTest {
    @Nested
    class Content extends ContentConformance {
        Content() {
            super(Transports.kernel());
        }
    }

    @Nested
    class Names extends NamesConformance {
        Names() {
            super(Transports.kernel());
        }
    }

    @Nested
    class Concurrency extends ConcurrencyConformance {
        Concurrency() {
            super(Transports.kernel());
        }
    }

    @Nested
    class Failure extends FailureConformance {
        Failure() {
            super(Transports.kernel());
        }
    }

    @Nested
    class Locks extends LockConformance {
        Locks() {
            super(Transports.kernel());
        }
    }

    @Nested
    class Abilities extends AbilitiesConformance {
        Abilities() {
            super(Transports.kernel());
        }
    }

    @Nested
    class LifecycleThroughFusermount extends LifecycleConformance {
        LifecycleThroughFusermount() {
            super("kernel-through-fusermount");
        }
    }

    @Nested
    class Lifecycle extends LifecycleConformance {
        Lifecycle() {
            super(Transports.kernel());
        }
    }
}
