/** Says what may be configured: the one table of options, where their values come from, and what they mean for each component. */
@NullMarked
package org.netcachefs.daemon.config;

import org.jspecify.annotations.NullMarked;
