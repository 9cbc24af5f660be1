package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamCalls;
import org.netcachefs.daemon.upstream.UpstreamCalls.Abandoned;
import org.netcachefs.daemon.upstream.UpstreamCalls.Body;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.Reply;

/**
 * Answers requests from upstream, or, while it hangs, from what is known. The one place where a request meets a call:
 * errno, interruption and the undoing of what nobody takes. Thread-safe.
 */
final class Questions {
    private final Core core;
    private final CircuitParking parking;
    private final Patience patience;

    Questions(Core core, CircuitParking parking) {
        this.core = core;
        this.parking = parking;
        patience = new Patience(core.services());
    }

    /** What upstream said becomes the answer, without asking upstream again. */
    interface Finish<R, T> {
        T answer(R said) throws ErrnoException;
    }

    /**
     * How a request is answered: {@code body} asks upstream, {@code finish} makes the answer of it; {@code known} answers without upstream (null: not at all); {@code undo} takes back an answer nobody took; {@code soon}: {@link #soon(boolean)}; {@code discard}: {@link #discardedBy};
     * {@code what}: {@link #named}; {@code who}: {@link #as}; {@code lengthy}: {@link #atLength}.
     */
    record Question<R, T>(
            Body<R> body,
            Finish<R, T> finish,
            Supplier<@Nullable T> known,
            Consumer<T> undo,
            boolean soon,
            Consumer<R> discard,
            Supplier<String> what,
            Identity who,
            boolean lengthy) {
        static <T> Question<T, T> of(Body<T> body) {
            return of(body, said -> said);
        }

        static <R, T> Question<R, T> of(Body<R> body, Finish<R, T> finish) {
            return new Question<>(
                    body,
                    finish,
                    () -> null,
                    value -> {},
                    false,
                    said -> {},
                    () -> "a call on upstream",
                    Identity.OWN,
                    false);
        }

        Question<R, T> orKnown(Supplier<@Nullable T> answer) {
            return new Question<>(body, finish, answer, undo, soon, discard, what, who, lengthy);
        }

        Question<R, T> undoneBy(Consumer<T> action) {
            return new Question<>(body, finish, known, action, soon, discard, what, who, lengthy);
        }

        /** {@code action} takes what the body made when no answer is made of it. */
        Question<R, T> discardedBy(Consumer<R> action) {
            return new Question<>(body, finish, known, undo, soon, action, what, who, lengthy);
        }

        /** {@code description}: for the log, when it fails. */
        Question<R, T> named(Supplier<String> description) {
            return new Question<>(body, finish, known, undo, soon, discard, description, who, lengthy);
        }

        /** Upstream is asked for {@code caller}. */
        Question<R, T> as(Identity caller) {
            return new Question<>(body, finish, known, undo, soon, discard, what, caller, lengthy);
        }

        /** It may take many calls on upstream: whoever receives requests does not make them. */
        Question<R, T> atLength() {
            return new Question<>(body, finish, known, undo, soon, discard, what, who, true);
        }

        /** Answered from what is known if upstream does not answer soon. */
        Question<R, T> soon(boolean isSo) {
            return new Question<>(body, finish, known, undo, isSo, discard, what, who, lengthy);
        }
    }

    <R, T> void answer(Reply<T> reply, Question<R, T> question) {
        if (core.answersUnchecked() || (question.soon() && patience.isOver())) {
            T known = question.known().get();
            if (known != null) {
                core.counters().unchecked.increment();
                if (!reply.ok(known)) {
                    question.undo().accept(known);
                }
                learn(question);
                return;
            }
        }
        new Asked<>(reply, question).ask();
    }

    /** What was answered unchecked because upstream is slow is known better next time. */
    private <R> void learn(Question<R, ?> question) {
        if (!core.answersUnchecked()) {
            run(question, question.discard()::accept).thenAccept(question.discard());
        }
    }

    private <R> CompletionStage<R> run(Question<R, ?> question, Abandoned<R> abandoned) {
        return core.services().upstream().run(Lane.METADATA, question.who(), question.body(), abandoned);
    }

    /** A question upstream was asked. */
    private final class Asked<R, T> implements CircuitParking.Parked {
        private final Answer<T> answer;
        private final Question<R, T> question;

        Asked(Reply<T> reply, Question<R, T> question) {
            this.answer = new Answer<>(reply);
            this.question = question;
        }

        void ask() {
            parking.park(this);
            if (question.soon()) {
                patience.whenOver(this::answerUnchecked);
            }
            UpstreamCalls upstream = core.services().upstream();
            Body<R> body = question.who().makes(question.body());
            if (question.lengthy()) {
                upstream.run(Lane.METADATA, body, question.discard()::accept).whenComplete(this::ended);
            } else {
                upstream.runHere(
                        Lane.METADATA, body, question.discard()::accept, said -> said.whenComplete(this::ended));
            }
        }

        private void ended(R said, @Nullable Throwable failure) {
            parking.leave(this);
            if (failure == null) {
                finish(said);
                return;
            }
            Failures.tell(question.what(), failure);
            if (!Failures.isUnavailable(failure) || !giveKnown()) {
                answer.error(Failures.errno(failure));
            }
        }

        @Override
        public void answerUnchecked() {
            giveKnown();
        }

        private void finish(R said) {
            if (answer.isGiven()) {
                question.discard().accept(said);
                return;
            }
            try {
                give(question.finish().answer(said));
            } catch (ErrnoException | RuntimeException e) {
                answer.error(Failures.errno(e));
            }
        }

        private boolean giveKnown() {
            if (core.config().coherency() == Coherency.STRICT || answer.isGiven()) {
                return false;
            }
            T known = question.known().get();
            if (known != null) {
                core.counters().unchecked.increment();
                give(known);
            }
            return known != null;
        }

        private void give(T value) {
            if (!answer.ok(value)) {
                question.undo().accept(value);
            }
        }
    }
}
