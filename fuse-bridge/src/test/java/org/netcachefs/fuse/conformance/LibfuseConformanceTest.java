package org.netcachefs.fuse.conformance;

import org.junit.jupiter.api.Nested;
import org.netcachefs.fuse.Transports;

/** The suite, over libfuse 2. */
class LibfuseConformanceTest {
    @Nested
    class Content extends ContentConformance {
        Content() {
            super(Transports.libfuse());
        }
    }

    @Nested
    class Names extends NamesConformance {
        Names() {
            super(Transports.libfuse());
        }
    }

    @Nested
    class Concurrency extends ConcurrencyConformance {
        Concurrency() {
            super(Transports.libfuse());
        }
    }

    @Nested
    class Failure extends FailureConformance {
        Failure() {
            super(Transports.libfuse());
        }
    }

    @Nested
    class Locks extends LockConformance {
        Locks() {
            super(Transports.libfuse());
        }
    }

    @Nested
    class Abilities extends AbilitiesConformance {
        Abilities() {
            super(Transports.libfuse());
        }
    }

    @Nested
    class Lifecycle extends LifecycleConformance {
        Lifecycle() {
            super(Transports.libfuse());
        }
    }
}
