package org.netcachefs.daemon.upstream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.ReceivingThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls on one volume, each lane with threads of its own. While the circuit is not closed calls wait without a thread, but closes go out, and readahead fails at once:
 * nobody needs it. Calls given up are answered on a thread of their own, so that no continuation holds up the watch. Thread-safe.
 */
public final class CallPools implements UpstreamCalls {
    private static final Logger LOG = LoggerFactory.getLogger(CallPools.class);

    private final UpstreamTree tree;
    private final UpstreamConfig config;
    private final LongSupplier clock;
    private final String name;
    private final CircuitJudge judge;
    private final Probes probes;
    private final CircuitWatch watch;
    private final OwnThread answers;
    private final CallCounters counters = new CallCounters();
    private final Map<Lane, LanePool> lanes = new EnumMap<>(Lane.class);
    private final Map<Lane, Pace> paces = new EnumMap<>(Lane.class);

    /** Upstream has been silent for so long that calls are not even tried. */
    private volatile boolean unreachable;

    private volatile boolean ended;

    @GuardedBy("this")
    private Circuit lastCircuit = Circuit.CLOSED;

    @GuardedBy("this")
    private long lastEpoch;

    private CallPools(String name, UpstreamTree tree, UpstreamConfig config, LongSupplier clock) {
        this.name = name;
        this.tree = tree;
        this.config = config;
        this.clock = clock;
        this.judge = new CircuitJudge(config.timeout().toNanos(), clock.getAsLong());
        this.probes = new Probes(name + "-probe", tree, judge, clock, this::noteCircuit);
        this.watch = new CircuitWatch(new AllLanes(), config.timeout());
        this.answers = new OwnThread(name + "-answers");
        for (Lane lane : Lane.values()) {
            paces.put(lane, new Pace());
            lanes.put(lane, pool(lane));
        }
    }

    /** Pools for the volume {@code tree}, whose threads' names begin with {@code name}; {@code clock} is in nanoseconds. The caller closes the tree after them. */
    public static CallPools start(String name, UpstreamTree tree, UpstreamConfig config, LongSupplier clock) {
        CallPools pools = new CallPools(name, tree, config, clock);
        pools.watch.start(name + "-watch");
        return pools;
    }

    private LanePool pool(Lane lane) {
        UpstreamConfig.Places places = config.places();
        LanePool.Size size = new LanePool.Size(places.of(lane), places.replacements());
        BooleanSupplier gate = lane == Lane.CLOSE ? () -> true : () -> judge.circuit() == Circuit.CLOSED;
        return new LanePool(name + "-" + lane.name().toLowerCase(Locale.ROOT), size, gate, new Bodies(lane));
    }

    private LanePool lane(Lane lane) {
        LanePool pool = lanes.get(lane);
        if (pool == null) {
            throw new IllegalStateException("no pool for " + lane);
        }
        return pool;
    }

    private Pace pace(Lane lane) {
        return Objects.requireNonNull(paces.get(lane));
    }

    @Override
    public UpstreamTree tree() {
        return tree;
    }

    @Override
    public <T> CompletionStage<T> run(Lane lane, Body<T> body, Abandoned<T> abandoned) {
        Call<T> call = new Call<>(body, abandoned);
        if (!isTried(lane)) {
            counters.gaveUp();
            call.fail(unavailable());
            return call.answer();
        }
        handOver(lane, call);
        return call.answer();
    }

    private void handOver(Lane lane, Call<?> call) {
        if (!lane(lane).add(call)) {
            call.fail(new ErrnoException(Errno.EAGAIN, "too many calls wait for upstream"));
        } else if (ended) {
            giveUpAll();
        }
        watch.attend();
    }

    /** A call that does not take long is made here if it may: handing it over would take as long as itself, on a busy machine much longer. */
    @Override
    public <T> void runHere(Lane lane, Body<T> body, Abandoned<T> abandoned, Consumer<CompletionStage<T>> then) {
        ReceivingThread here = ReceivingThread.current();
        if (here == null || !pace(lane).isQuick() || !isTried(lane) || !here.mayWait()) {
            then.accept(run(lane, body, abandoned));
            return;
        }
        if (lane == Lane.CHANGE && here.isFirstTime()) {
            tree.prepareThread();
        }
        Call<T> call = new Call<>(body, abandoned);
        then.accept(call.answer());
        if (!lane(lane).makeHere(call)) {
            handOver(lane, call);
        }
    }

    private boolean isTried(Lane lane) {
        if (!lane.isGivenUp()) {
            return lane == Lane.CLOSE || !ended;
        }
        Circuit now = judge.circuit();
        boolean hopeless = now == Circuit.OPEN && unreachable;
        boolean needless = now != Circuit.CLOSED && lane == Lane.READAHEAD;
        return !ended && !hopeless && !needless;
    }

    private UpstreamUnavailableException unavailable() {
        return new UpstreamUnavailableException(config.unreachableErrno(), "upstream does not answer");
    }

    @Override
    public Circuit circuit() {
        return judge.circuit();
    }

    @Override
    public long epoch() {
        return judge.epoch();
    }

    @Override
    public UpstreamStatistics statistics() {
        long now = clock.getAsLong();
        int lost = 0;
        long oldest = 0;
        int outstanding = 0;
        for (LanePool pool : lanes.values()) {
            lost += pool.lost(now - config.timeout().toNanos());
            oldest = Math.max(oldest, pool.oldestAge(now));
            outstanding += pool.outstanding();
        }
        return counters.statistics(lost, oldest, outstanding);
    }

    @Override
    public void close() {
        ended = true;
        giveUpAll();
        lanes.values().forEach(LanePool::end);
        watch.end();
        answers.end();
    }

    private void giveUpAll() {
        for (Lane lane : Lane.values()) {
            if (lane.isGivenUp()) {
                giveUp(lane);
            } else if (ended && lane != Lane.CLOSE) {
                fail(lane(lane).takeWaiting());
            }
        }
    }

    private void giveUp(Lane lane) {
        fail(lane(lane).giveUp());
    }

    private void fail(List<Call<?>> givenUp) {
        List<Call<?>> calls = new ArrayList<>(givenUp);
        calls.removeIf(Call::isAnswered);
        for (Call<?> call : calls) {
            answers.run(() -> {
                if (call.fail(unavailable())) {
                    counters.gaveUp();
                }
            });
        }
    }

    /** Acts on the circuit having changed. */
    private synchronized void noteCircuit() {
        Circuit now = judge.circuit();
        if (now == Circuit.CLOSED && (lastCircuit != now || lastEpoch != judge.epoch())) {
            unreachable = false;
            LOG.info("{}: upstream answers again", name);
            lanes.values().forEach(LanePool::wake);
        } else if (now == Circuit.OPEN && lastCircuit == Circuit.CLOSED) {
            LOG.warn(
                    "{}: upstream has not answered for {} s, cached files are served unchecked", name, silentSeconds());
        }
        lastCircuit = now;
        lastEpoch = judge.epoch();
    }

    private long silentSeconds() {
        return judge.silence(clock.getAsLong()) / 1_000_000_000;
    }

    /** What the watch looks at. */
    private final class AllLanes implements CircuitWatch.Watched {
        @Override
        public void look() {
            long now = clock.getAsLong();
            if (judge.look(now, oldestAge(now))) {
                probes.send(now);
            }
            noteCircuit();
            countLost(now - config.timeout().toNanos());
            giveUpWhatIsHopeless(now);
        }

        /** Of the calls that upstream may be judged by: a close is not sent anywhere. */
        private long oldestAge(long now) {
            long oldest = 0;
            for (Map.Entry<Lane, LanePool> lane : lanes.entrySet()) {
                if (lane.getKey() != Lane.CLOSE) {
                    oldest = Math.max(oldest, lane.getValue().oldestAge(now));
                }
            }
            return oldest;
        }

        private void countLost(long limit) {
            boolean vouched = judge.vouches();
            for (Map.Entry<Lane, LanePool> lane : lanes.entrySet()) {
                lane.getValue().countLost(limit, vouched || lane.getKey() == Lane.CLOSE);
            }
        }

        private void giveUpWhatIsHopeless(long now) {
            if (judge.circuit() != Circuit.OPEN) {
                return;
            }
            giveUp(Lane.READAHEAD);
            boolean waits = config.unreachable() == UnreachablePolicy.WAIT;
            if (!waits && judge.silence(now) >= config.unreachableAfter().toNanos()) {
                unreachable = true;
                giveUpAll();
            }
        }

        @Override
        public boolean isQuiet() {
            return judge.circuit() == Circuit.CLOSED && lanes.values().stream().allMatch(LanePool::isQuiet);
        }
    }

    /** Makes the calls of one lane, and tells of them. */
    private final class Bodies implements Maker.Runner {
        private final Lane lane;
        private final Pace pace;

        Bodies(Lane lane) {
            this.lane = lane;
            pace = pace(lane);
        }

        @Override
        public UpstreamTree tree() {
            return tree;
        }

        @Override
        public void begins() {
            if (lane == Lane.CHANGE) {
                tree.prepareThread();
            }
        }

        @Override
        public long begin() {
            counters.began(lane);
            watch.attend(); // which may have gone to sleep before this one was out
            return clock.getAsLong();
        }

        @Override
        public void returned(Call.Outcome outcome, long since) {
            long now = clock.getAsLong();
            pace.took(now - since);
            if (lane != Lane.CLOSE && judge.tells(now - since)) {
                judge.answered(now);
            }
            if (outcome.failure() != null) {
                counters.failed(outcome.failure());
            }
        }
    }
}
