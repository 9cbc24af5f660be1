package org.netcachefs.store.internal.index;

import org.netcachefs.store.CoherencyData;

/**
 * What the index keeps of a cookie. Nothing at or past byte {@code validEnd} counts; {@code stamp} is the flush epoch at
 * which its id was given: a later epoch of an ancestor makes holes of all of it.
 */
public record CookieRow(long id, CoherencyData coherency, long validEnd, long stamp, boolean pinned) {}
