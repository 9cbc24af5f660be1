package org.netcachefs.store.internal.engine;

import java.util.List;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie.FillTicket;
import org.netcachefs.store.internal.data.Place;
import org.netcachefs.store.internal.index.BlockRow;
import org.netcachefs.store.internal.index.Piece;

/** Pieces of a block whose data is written, to be published if the cookie is still as when the fill began. */
record Publication(OpenCookie cookie, FillTicket ticket, long id, long block, List<Piece> pieces) {
    boolean stands() {
        return cookie.state().accepts(ticket.guard(), id, range());
    }

    private ByteRange range() {
        return cookie.state().geometry().rangeOf(block, new BlockRow(pieces).present());
    }

    List<Place> places() {
        return new BlockRow(pieces).placesNotIn(BlockRow.EMPTY);
    }

    boolean settled() {
        return ticket.settled();
    }
}
