package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandleCacheTest {
    private final List<String> closed = new ArrayList<>();
    private final List<String> handedOver = new ArrayList<>();
    private final HandleCache<String> handles = new HandleCache<>(2, closed::add, handedOver::addAll);

    @Test
    void eldestUnused_isClosedAboveTheBound() {
        handles.offer(1, 0, "one").close();
        handles.offer(2, 0, "two").close();
        handles.lease(1, 0).close();
        handles.offer(3, 0, "three").close();
        assertThat(closed).containsExactly("two");
        assertThat(handles.lease(2, 0)).isNull();
        assertThat(handles.size()).isEqualTo(2);
    }

    @Test
    void leased_isNeverClosed_butAsSoonAsItIsGivenBack() {
        HandleCache.Lease<String> one = handles.offer(1, 0, "one");
        HandleCache.Lease<String> again = handles.lease(1, 0);
        handles.forget(1);
        assertThat(handles.lease(1, 0)).isNull();
        one.close();
        assertThat(closed).isEmpty();
        again.close();
        assertThat(closed).containsExactly("one");
    }

    @Test
    void secondDescriptorOfANode_isClosed_andTheFirstLeased() {
        handles.offer(1, 0, "one").close();
        try (HandleCache.Lease<String> lease = handles.offer(1, 0, "other")) {
            assertThat(lease.handle()).isEqualTo("one");
        }
        assertThat(closed).containsExactly("other");
    }

    @Test
    void forgotten_isClosedElsewhere() {
        handles.offer(1, 0, "one").close();
        handles.offer(2, 0, "two").close();
        handles.forgetAll();
        assertThat(handedOver).containsExactlyInAnyOrder("one", "two");
        assertThat(closed).isEmpty();
    }

    @Test
    void forgottenForLater_isClosedByTheNextCall_orWithAll() {
        handles.offer(1, 0, "one").close();
        handles.forgetLater(1, () -> false);
        assertThat(handles.lease(1, 0)).isNull();
        assertThat(closed).isEmpty();
        handles.offer(2, 0, "two").close();
        assertThat(closed).containsExactly("one");
        handles.forgetLater(2, () -> true);
        handles.lease(2, 0).close();
        handles.forget(2);
        assertThat(handedOver).containsExactly("two");
        handedOver.clear();
        handles.offer(3, 0, "three").close();
        handles.forgetLater(3, () -> false);
        handles.forgetAll();
        assertThat(handles.size()).isZero();
        assertThat(handedOver).containsExactly("three");
    }

    @Test
    void unusedForItsRounds_isClosed_butNotWhileLeased() {
        handles.offer(1, 0, "short").close();
        handles.offer(2, 0, "long").close();
        handles.endRound(node -> node == 1 ? 0 : 1);
        assertThat(handedOver).containsExactly("short");
        handles.lease(2, 0).close();
        handles.endRound(node -> 1);
        assertThat(handles.size()).isEqualTo(1);
        HandleCache.Lease<String> lease = handles.lease(2, 0);
        handles.endRound(node -> 0);
        handles.endRound(node -> 0);
        assertThat(handles.size()).isEqualTo(1);
        lease.close();
        handles.endRound(node -> 0);
        assertThat(handedOver).containsExactly("short", "long");
    }

    @Test
    void putAsideForLater_isClosedAtTheEndOfTheRound() {
        handles.offer(1, 0, "one").close();
        handles.forgetLater(1, () -> false);
        handles.endRound(node -> 9);
        assertThat(handedOver).containsExactly("one");
        assertThat(handles.size()).isZero();
    }

    @Test
    void descriptorOfAnotherState_isNotLeased_andReplacedByTheNextOne() {
        HandleCache.Lease<String> former = handles.offer(1, 7, "former");
        assertThat(handles.lease(1, 8)).isNull();
        handles.offer(1, 8, "one").close();
        assertThat(handles.lease(1, 7)).isNull();
        handles.lease(1, 8).close();
        assertThat(closed).isEmpty();
        former.close();
        assertThat(closed).containsExactly("former");
    }

    @Test
    void formerDescriptor_standsForTheStateItIsLeasedIn() {
        handles.offer(1, 7, "one").close();
        handles.leaseFormer(1, 8).close();
        handles.lease(1, 8).close();
        assertThat(handles.lease(1, 7)).isNull();
        assertThat(handles.leaseFormer(2, 8)).isNull();
    }
}
