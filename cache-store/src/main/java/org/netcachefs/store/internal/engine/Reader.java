package org.netcachefs.store.internal.engine;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.Cookie.Borrower;
import org.netcachefs.store.Cookie.ReadOutcome;
import org.netcachefs.store.internal.data.Native;

/** Reads cached bytes of open cookies, on the thread that calls. Thread-safe. */
final class Reader {
    private final Disk disk;
    private final Verifier verifier;
    private final BlockMapper mapper;
    private final Failures failures;

    Reader(Disk disk, Verifier verifier, BlockMapper mapper, Failures failures) {
        this.disk = disk;
        this.verifier = verifier;
        this.mapper = mapper;
        this.failures = failures;
    }

    /** Buffers for sectors not yet verified. */
    interface Scratch {
        /** A direct buffer of one block, or null when there is none now. */
        @Nullable
        ByteBuffer get();

        void giveBack(ByteBuffer buffer);
    }

    /** Reads to native memory; once all sectors are verified and mapped it allocates nothing. */
    ReadOutcome read(OpenCookie cookie, long offset, int length, long address, Scratch scratch, boolean wait) {
        CookieState state = cookie.state();
        long guard = state.guard();
        if (offset < 0 || offset + length > state.end()) {
            return ReadOutcome.HOLE;
        }
        int done = 0;
        while (done < length) {
            long located = state.hold(offset + done, guard);
            if (located == Located.UNMAPPED && wait) {
                ReadOutcome mapped = map(state, offset + done);
                if (mapped != ReadOutcome.DONE) {
                    return mapped;
                }
                continue;
            }
            if (located < 0) {
                return located == Located.UNMAPPED ? ReadOutcome.WOULD_BLOCK : ReadOutcome.HOLE;
            }
            int bytes = bytesAt(located, offset + done, length - done);
            ReadOutcome outcome;
            try {
                outcome = readPlace(cookie, located, offset + done, bytes, address + done, scratch, wait);
            } finally {
                disk.marks().release(Located.slot(located));
            }
            if (outcome != ReadOutcome.DONE) {
                return outcome;
            }
            done += bytes;
        }
        return ReadOutcome.DONE;
    }

    /** See {@link org.netcachefs.store.Cookie#tryLend}. */
    boolean lend(CookieState state, long offset, int length, Borrower borrower) {
        long located = offset < 0 || offset + length > state.end() ? Located.HOLE : state.hold(offset, state.guard());
        if (located < 0) {
            return false;
        }
        try {
            return lendPlace(located, offset, length, borrower);
        } finally {
            disk.marks().release(Located.slot(located));
        }
    }

    private boolean lendPlace(long located, long offset, int length, Borrower borrower) {
        if (bytesAt(located, offset, length) < length || !disk.isVerified(located, offset, length)) {
            return false;
        }
        disk.marks().read(Located.slot(located));
        return disk.data().lend(disk.positionOf(located, offset), length, borrower);
    }

    /** HOLE while what is cached keeps changing. */
    private ReadOutcome map(CookieState state, long position) {
        try {
            boolean mapped = mapper.map(state, disk.geometry().blockOf(position));
            return mapped ? ReadOutcome.DONE : ReadOutcome.HOLE;
        } catch (CacheException e) {
            failures.failed(e);
            return ReadOutcome.FAILED;
        }
    }

    private int bytesAt(long located, long position, int wanted) {
        BlockGeometry geometry = disk.geometry();
        int there = Located.run(located) * geometry.sectorBytes() - geometry.withinSector(position);
        return Math.min(there, wanted);
    }

    private ReadOutcome readPlace(
            OpenCookie cookie, long located, long position, int bytes, long address, Scratch scratch, boolean wait) {
        if (!disk.isVerified(located, position, bytes)) {
            int sectors =
                    (int) disk.geometry().sectorsFor((long) disk.geometry().withinSector(position) + bytes);
            ReadOutcome outcome = verify(cookie, located, position, sectors, scratch, wait);
            if (outcome != ReadOutcome.DONE) {
                return outcome;
            }
        }
        disk.marks().read(Located.slot(located));
        long from = disk.positionOf(located, position);
        int moved = wait ? disk.data().read(from, address, bytes) : disk.data().readCached(from, address, bytes);
        if (moved == bytes) {
            return ReadOutcome.DONE;
        }
        if (!wait && (moved >= 0 || moved == -Native.EAGAIN || moved == -Native.EOPNOTSUPP)) {
            return ReadOutcome.WOULD_BLOCK;
        }
        failures.failed(Verifier.failure(moved));
        return ReadOutcome.FAILED;
    }

    private ReadOutcome verify(
            OpenCookie cookie, long located, long position, int sectors, Scratch scratch, boolean wait) {
        ByteBuffer buffer = scratch.get();
        if (buffer == null) {
            return ReadOutcome.WOULD_BLOCK;
        }
        try {
            BlockGeometry geometry = disk.geometry();
            Verifier.Run run = new Verifier.Run(
                    cookie.state().id(),
                    geometry.blockOf(position),
                    geometry.sectorOf(position),
                    Located.slot(located),
                    Located.sector(located),
                    sectors);
            Verifier.Verdict verdict = verifier.verify(run, buffer, wait);
            return switch (verdict) {
                case RIGHT -> ReadOutcome.DONE;
                case NOT_IN_MEMORY -> ReadOutcome.WOULD_BLOCK;
                case ELSEWHERE -> ReadOutcome.HOLE;
                case UNREADABLE -> ReadOutcome.FAILED;
                case WRONG -> {
                    cookie.damaged(run);
                    yield ReadOutcome.FAILED;
                }
            };
        } finally {
            scratch.giveBack(buffer);
        }
    }
}
