package org.netcachefs.arch.planted.daemon.pure;

import java.util.List;

/** No record, and yet a value: it knows values only. */
public interface Cut {
    List<Slice> of(Slice whole, Cut next);
}
