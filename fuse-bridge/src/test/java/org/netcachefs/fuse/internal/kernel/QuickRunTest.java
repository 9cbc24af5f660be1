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
            end(nanos);
        }
    }

    private void end(long nanos) {
        run.end(run.isTimed() ? nanos : 0);
    }

    /** The next one is timed. */
    private void serveQuickUntilTimed() {
        serveQuick(QuickRun.LENGTH);
        while (!run.isTimed()) {
            serveQuick(1);
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
        serveQuickUntilTimed();
        end(SLOW);
        assertThat(run.begin(true)).isTrue();
        assertThat(run.isLong()).isTrue();
        end(SLOW);
        assertThat(run.begin(false)).isFalse();
        assertThat(run.isLong()).isFalse();
    }

    /** Of who opens, reads and closes one of four may be slow, and always the same. */
    @Test
    void oneSlowRequestInFour_isFoundOut_whicheverItIs() {
        for (int slow = 0; slow < 4; slow++) {
            QuickRun each = new QuickRun();
            boolean goesOn = true;
            for (int i = 0; i < QuickRun.LENGTH; i++) {
                goesOn &= each.begin(false);
                each.end(!each.isTimed() ? 0 : i % 4 == slow ? SLOW : QUICK);
            }
            assertThat(goesOn).as("the %d. is slow", slow + 1).isFalse();
        }
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
