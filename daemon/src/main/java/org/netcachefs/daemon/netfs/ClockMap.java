package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A concurrent map of about so many values, which forgets those not asked for lately (second chance). What
 * {@code mayForget} denies stays, even above the bound. Thread-safe; reading takes no lock.
 */
final class ClockMap<K, V> {
    private static final int STEPS_AN_INSERT = 16;

    private final ConcurrentHashMap<K, Slot<V>> slots = new ConcurrentHashMap<>();
    private final int most;
    private final Predicate<V> mayForget;
    private final Object handLock = new Object();

    @GuardedBy("handLock")
    private @Nullable Iterator<Map.Entry<K, Slot<V>>> hand;

    ClockMap(int most, Predicate<V> mayForget) {
        this.most = most;
        this.mayForget = mayForget;
    }

    @Nullable
    V get(K key) {
        Slot<V> slot = slots.get(key);
        return slot == null ? null : slot.touch();
    }

    /** The value without counting as use. */
    @Nullable
    V peek(K key) {
        Slot<V> slot = slots.get(key);
        return slot == null ? null : slot.value;
    }

    void put(K key, V value) {
        slots.put(key, new Slot<>(value));
        forgetSome();
    }

    /** The present value, or the one made; {@code use} (short) runs while it cannot be forgotten. */
    V use(K key, Function<K, V> maker, java.util.function.Consumer<V> use) {
        Slot<V> used = slots.compute(key, (k, present) -> {
            Slot<V> slot = present == null ? new Slot<>(maker.apply(k)) : present;
            use.accept(slot.touch());
            return slot;
        });
        forgetSome();
        return used.value;
    }

    void remove(K key) {
        slots.remove(key);
    }

    void remove(K key, V value) {
        slots.computeIfPresent(key, (k, slot) -> slot.value.equals(value) ? null : slot);
    }

    /** Forgets this value at once, unless that is denied or another has come in its place. */
    void forget(K key, V value) {
        slots.computeIfPresent(key, (k, slot) -> slot.value == value && mayForget.test(value) ? null : slot);
    }

    int size() {
        return slots.size();
    }

    Iterable<V> values() {
        return () -> slots.values().stream().map(slot -> slot.value).iterator();
    }

    private void forgetSome() {
        if (slots.size() <= most) {
            return;
        }
        synchronized (handLock) {
            for (int step = 0; step < STEPS_AN_INSERT && slots.size() > most; step++) {
                if (hand == null || !hand.hasNext()) {
                    hand = slots.entrySet().iterator();
                }
                if (hand.hasNext()) {
                    giveSecondChance(hand.next().getKey());
                }
            }
        }
    }

    private void giveSecondChance(K key) {
        slots.computeIfPresent(key, (k, slot) -> {
            if (slot.recent) {
                slot.recent = false;
                return slot;
            }
            return mayForget.test(slot.value) ? null : slot;
        });
    }

    private static final class Slot<V> {
        private final V value;
        private volatile boolean recent = true;

        Slot(V value) {
            this.value = value;
        }

        V touch() {
            if (!recent) {
                recent = true;
            }
            return value;
        }
    }
}
