package org.netcachefs.fuse.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

class GuardTest {
    private final List<Throwable> fatal = new ArrayList<>();
    private final Guard guard = new Guard(fatal::add);

    @Test
    void call_givesTheBodysResult() {
        assertThat(guard.call("read", 1, () -> 4096)).isEqualTo(4096);
        assertThat(guard.calls()).isEqualTo(1);
        assertThat(guard.surprises()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Errno.class)
    void call_givesEachErrnoNegative(Errno errno) {
        int result = guard.call("read", 1, () -> {
            throw new ErrnoException(errno, "test");
        });
        assertThat(result).isEqualTo(-errno.number());
        assertThat(guard.surprises()).isZero();
    }

    @Test
    void call_neverLetsAThrowableOut() {
        List<Throwable> all = List.of(
                new IllegalStateException(), new StackOverflowError(), new AssertionError(), new Throwable("bare"));
        for (Throwable failure : all) {
            assertThat(guard.call("read", 1, () -> sneaky(failure))).isEqualTo(-Errno.EIO.number());
        }
        assertThat(guard.surprises()).isEqualTo(all.size());
        assertThat(fatal).isEmpty();
    }

    @Test
    void call_handsErrorsThatLeaveTheProcessInDoubtToTheEnd() {
        List<Throwable> all = List.of(new OutOfMemoryError("test"), new NoClassDefFoundError("test"));
        for (Throwable failure : all) {
            assertThat(guard.call("read", 1, () -> sneaky(failure))).isEqualTo(-Errno.EIO.number());
        }
        assertThat(fatal).isEqualTo(all);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> int sneaky(Throwable failure) throws T {
        throw (T) failure;
    }
}
