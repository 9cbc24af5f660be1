package org.netcachefs.fuse.internal.libfuse;

import org.netcachefs.fuse.internal.Native;
import ru.serce.jnrfuse.struct.FuseOperations;

/** jnr-fuse's {@code struct fuse_operations}, and where its members lie, which only a subclass may ask. */
final class OperationLayout extends FuseOperations {
    OperationLayout() {
        super(Native.RUNTIME);
    }

    /** In bytes. */
    long offsetOf(Func<?> operation) {
        return operation.offset();
    }

    /** Of the bit field that jnr-fuse has as padding: nullpath_ok, nopath, utime_omit_ok from bit 0. */
    long flagsOffset() {
        return flag_nullpath_ok.offset();
    }
}
