package org.netcachefs.fuse.internal.libfuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.netcachefs.fuse.ErrnoException;

class HandleTableTest {
    @Property(tries = 50)
    void table_holdsWhatAMapHolds(@ForAll long seed) throws ErrnoException {
        Random random = new Random(seed);
        HandleTable table = new HandleTable();
        Map<Long, OpenHandle> model = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            if (model.isEmpty() || random.nextInt(5) < 3) {
                OpenHandle handle = new OpenHandle(i, random.nextLong(), 0);
                assertThat(model.put(table.add(handle), handle)).isNull();
            } else {
                long number = model.keySet().stream()
                        .skip(random.nextInt(model.size()))
                        .findFirst()
                        .orElseThrow();
                assertThat(table.get(number)).isSameAs(model.get(number));
                assertThat(table.remove(number)).isSameAs(model.remove(number));
                assertThatThrownBy(() -> table.get(number)).isInstanceOf(ErrnoException.class);
            }
        }
        for (Map.Entry<Long, OpenHandle> entry : model.entrySet()) {
            assertThat(table.get(entry.getKey())).isSameAs(entry.getValue());
        }
    }
}
