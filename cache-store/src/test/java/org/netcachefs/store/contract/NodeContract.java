package org.netcachefs.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.store.contract.CacheProbe.key;
import static org.netcachefs.store.contract.CacheProbe.name;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.Volume;
import org.netcachefs.store.VolumeKey;

/** Nodes keep their id, and what they were last called. */
interface NodeContract extends Contract {
    @Test
    default void volume_ofTheSameKey_isTheSame() throws Exception {
        VolumeKey other = new VolumeKey("nfs4", "server:/export", "/below", "");
        Volume volume = probe().cache().volume(other);
        long node = volume.node(key("x"), 0, name("x"));
        assertThat(volume.key()).isEqualTo(other);
        Volume again = probe().cache().volume(new VolumeKey("nfs4", "server:/export", "/below", ""));
        assertThat(again.node(key("x"), 0, name("x"))).isEqualTo(node);
    }

    @Test
    default void node_idsAreStableAndUnique() throws Exception {
        Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            ids.add(probe().node("f" + i));
        }
        assertThat(ids).hasSize(500).allMatch(id -> id > 0).doesNotContain(probe().root());
        for (int i = 0; i < 500; i++) {
            assertThat(ids).contains(probe().node("f" + i));
        }
    }

    @Test
    default void node_ofAnotherVolume_isAnother() throws Exception {
        Volume other = probe().cache().volume(new VolumeKey("cifs", "//server/share", "/", "u"));
        assertThat(other.node(key("f"), 0, name("f"))).isNotEqualTo(probe().node("f"));
        assertThat(other.child(probe().root(), name("f"))).isZero();
    }

    @Test
    default void node_keysOfAnyLengthAndContent() throws Exception {
        ObjectKey shortest = ObjectKey.of(new byte[1]);
        ObjectKey longest = ObjectKey.of(new byte[256]);
        long first = probe().volume().node(shortest, probe().root(), name("s"));
        long second = probe().volume().node(longest, probe().root(), name("l"));
        assertThat(first).isNotEqualTo(second);
        assertThat(probe().volume().nodeRow(second).key()).isEqualTo(longest);
    }

    @Test
    default void nodeRow_tellsWhereItWasSeen() throws Exception {
        long dir = probe().node("dir");
        long file = probe().node("f", dir);
        Volume.NodeRow row = probe().volume().nodeRow(file);
        assertThat(row.key()).isEqualTo(key("f"));
        assertThat(row.parent()).isEqualTo(dir);
        assertThat(row.name()).isEqualTo(name("f"));
        assertThat(probe().volume().nodeRow(file + dir + 12_345)).isNull();
    }

    @Test
    default void child_isFoundByName() throws Exception {
        long dir = probe().node("dir");
        long file = probe().node("f", dir);
        assertThat(probe().volume().child(dir, name("f"))).isEqualTo(file);
        assertThat(probe().volume().child(probe().root(), name("f"))).isZero();
        assertThat(probe().volume().child(dir, name("F"))).isZero();
        assertThat(probe().volume().child(probe().root(), name("dir"))).isEqualTo(dir);
    }

    @Test
    default void names_areBytes() throws Exception {
        byte[] odd = {(byte) 0xff, 'a', (byte) 0xfe, '\n'};
        long file = probe().volume().node(key("odd"), probe().root(), odd);
        assertThat(probe().volume().child(probe().root(), odd)).isEqualTo(file);
        assertThat(probe().volume().nodeRow(file).name()).isEqualTo(odd);
    }

    @Test
    default void removeChild_forgetsTheNameOnly() throws Exception {
        long file = probe().node("f");
        probe().volume().removeChild(probe().root(), name("f"));
        assertThat(probe().volume().child(probe().root(), name("f"))).isZero();
        assertThat(probe().node("f")).isEqualTo(file);
        assertThat(probe().volume().child(probe().root(), name("f"))).isEqualTo(file);
        probe().volume().removeChild(probe().root(), name("never there"));
    }

    @Test
    default void node_seenElsewhere_moves() throws Exception {
        long dir = probe().node("dir");
        long file = probe().node("f");
        assertThat(probe().volume().node(key("f"), dir, name("g"))).isEqualTo(file);
        assertThat(probe().volume().nodeRow(file).parent()).isEqualTo(dir);
        assertThat(probe().volume().nodeRow(file).name()).isEqualTo(name("g"));
        assertThat(probe().volume().child(dir, name("g"))).isEqualTo(file);
    }

    @Test
    default void child_isTheNodeLastSeenThere() throws Exception {
        long before = probe().volume().node(key("before"), probe().root(), name("f"));
        long after = probe().volume().node(key("after"), probe().root(), name("f"));
        assertThat(after).isNotEqualTo(before);
        assertThat(probe().volume().child(probe().root(), name("f"))).isEqualTo(after);
        probe().volume().node(key("before"), probe().root(), name("moved away"));
        assertThat(probe().volume().child(probe().root(), name("f"))).isEqualTo(after);
    }
}
