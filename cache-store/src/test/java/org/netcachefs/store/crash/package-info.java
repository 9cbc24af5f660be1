/** What a cache on disk is worth after its process was killed. */
package org.netcachefs.store.crash;
