package org.netcachefs.fuse.internal.libfuse;

import jnr.ffi.annotations.Delegate;

/**
 * The shapes of libfuse's callbacks: L is a {@code long} (an address, size or offset), I an {@code int}. Raw numbers instead of
 * jnr-fuse's own callback types: no garbage, and names stay bytes. Public for jnr-ffi only.
 */
public final class Callbacks {
    private Callbacks() {}

    /** A pointer to {@code struct fuse_conn_info}; returns the private data. */
    public interface Init {
        @Delegate
        long call(long connection);
    }

    public interface L {
        @Delegate
        int call(long a);
    }

    public interface LL {
        @Delegate
        int call(long a, long b);
    }

    public interface LLL {
        @Delegate
        int call(long a, long b, long c);
    }

    public interface LLLL {
        @Delegate
        int call(long a, long b, long c, long d);
    }

    public interface LLLLL {
        @Delegate
        int call(long a, long b, long c, long d, long e);
    }

    public interface LI {
        @Delegate
        int call(long a, int b);
    }

    public interface LII {
        @Delegate
        int call(long a, int b, int c);
    }

    public interface LIL {
        @Delegate
        int call(long a, int b, long c);
    }

    public interface LILLL {
        @Delegate
        int call(long a, int b, long c, long d, long e);
    }

    public interface LLI {
        @Delegate
        int call(long a, long b, int c);
    }

    public interface LLIL {
        @Delegate
        int call(long a, long b, int c, long d);
    }

    public interface LLLLI {
        @Delegate
        int call(long a, long b, long c, long d, int e);
    }
}
