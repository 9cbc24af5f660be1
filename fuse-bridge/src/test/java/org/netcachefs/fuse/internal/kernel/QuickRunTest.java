package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuickRunTest {
    private static final long QUICK = 20_000;
    private static final long SLOW = 2_000_000;

    private final QuickRun run = new QuickRun();

    private void serve(int requests, long nanos) {
        for (int i = 0; i < requests; i++) {
            boolean ignored = run.begin(false);
            run.end(run.isTimed() ? nanos : 0);
        }
    }

    private void serveQuick(int requests) {
        serve(requests, QUICK);
    }

    @Test
    void isLong_afterSoManyQuickRequests() {
        serveQuick(QuickRun.LENGTH - 1);
        assertThat(run.isLong()).isFalse();
        serveQuick(1);
        assertThat(run.isLong()).isTrue();
    }

    @Test
    void slowRequest_endsIt_ifTheNextOneHadToWait() {
        serveQuick(QuickRun.LENGTH);
        assertThat(run.isTimed()).isTrue();
        run.end(SLOW);
        assertThat(run.begin(true)).isTrue();
        assertThat(run.isLong()).isTrue();
        run.end(SLOW);
        assertThat(run.begin(false)).isFalse();
        assertThat(run.isLong()).isFalse();
    }

    @Test
    void slowRequests_areNoRun() {
        serve(10 * QuickRun.LENGTH, SLOW);
        assertThat(run.isLong()).isFalse();
    }

    @Test
    void requestThatIsNotServedWithoutWaiting_endsIt() {
        serveQuick(QuickRun.LENGTH);
        assertThat(run.begin(true)).isTrue();
        run.reset();
        assertThat(run.isLong()).isFalse();
    }

    @Test
    void restsOnlyIfTheOthersServe() {
        serveQuick(QuickRun.LENGTH);
        assertThat(run.mayEndInRest(1000)).isTrue();
        serveQuick(QuickRun.LENGTH);
        assertThat(run.mayEndInRest(1000)).isFalse();
        assertThat(run.isLong()).isFalse();
        serveQuick(QuickRun.LENGTH);
        assertThat(run.mayEndInRest(1000 + QuickRun.LENGTH)).isTrue();
    }
}
