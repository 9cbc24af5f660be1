package org.netcachefs.fuse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
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
    class Lent extends Mounted {
        Lent() {
            super(Transports.kernel());
        }

        /** As of a mapped file whose disk cannot read it. */
        @Test
        void lentMemory_isRead_orIsAnError_andReadsGoOn() throws Exception {
            byte[] bytes = pattern(9000, 5);
            Files.write(path("lent"), bytes);
            child.set("opened:lent", "direct");
            child.set("read:lent", "lent");
            assertThat(Files.readAllBytes(path("lent"))).isEqualTo(bytes);
            child.set("read:lent", "unreadable");
            assertThatThrownBy(() -> Files.readAllBytes(path("lent")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Input/output error");
            child.set("read:lent", "lent");
            assertThat(Files.readAllBytes(path("lent"))).isEqualTo(bytes);
        }
    }

    @Nested
    class HeldUp extends Mounted {
        HeldUp() {
            super(Transports.kernel());
        }

        /** As by a cache's disk that hangs just as a page was dropped. On two processors two workers receive, of four at most. */
        @Test
        void workersThatAreHeldUp_areReplaced() throws Exception {
            Files.writeString(path("stuck"), "late");
            Files.writeString(path("well"), "fine");
            child.set("opened:stuck", "direct");
            child.set("read:stuck", "hold-up");
            int readers = 3;
            List<Future<String>> late = new ArrayList<>();
            for (int i = 0; i < readers; i++) {
                late.add(inBackground(() -> Files.readString(path("stuck"))));
            }
            eventually(() -> assertThat(child.figure("waiting")).isEqualTo(readers));
            assertThat(inBackground(() -> Files.readString(path("well"))).get(20, TimeUnit.SECONDS))
                    .isEqualTo("fine");
            child.set("read:stuck", "none");
            child.send("release");
            for (Future<String> reader : late) {
                assertThat(reader.get(20, TimeUnit.SECONDS)).isEqualTo("late");
            }
            assertThat(Files.readString(path("stuck"))).isEqualTo("late");
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
