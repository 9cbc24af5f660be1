package org.netcachefs.daemon.control;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.Locale;
import org.netcachefs.daemon.config.MountOptions;
import org.netcachefs.daemon.config.Version;
import org.netcachefs.daemon.netfs.NetfsStatistics;
import org.netcachefs.daemon.upstream.UpstreamCalls;
import org.netcachefs.store.CacheStatistics;
import org.netcachefs.store.Watermarks;

/** {@code stat --json} of a mount, schema 1: fields are only ever added. Asks neither upstream nor the disk. */
final class StatReport {
    private final Served served;
    private final CacheStatistics cache;
    private final NetfsStatistics netfs;
    private final UpstreamCalls.UpstreamStatistics upstream;

    StatReport(Served served) {
        this.served = served;
        this.cache = served.cache().statistics();
        this.netfs = served.fileSystem().statistics();
        this.upstream = served.upstream().statistics();
    }

    JsonObject json() {
        JsonObject all = new JsonObject();
        all.addProperty("schema", 1);
        all.addProperty("version", Version.current());
        all.add("mount", mount());
        all.add("cache", cache());
        all.add("slots", slots());
        all.add("reads", reads());
        all.add("upstream", upstream());
        all.add("fills", fills());
        all.add("cull", cull());
        all.add("errors", errors());
        all.add("meta", meta());
        all.add("gauges", gauges());
        return all;
    }

    private JsonObject mount() {
        UpstreamCalls.Circuit circuit = served.upstream().circuit();
        JsonObject mount = new JsonObject();
        mount.addProperty("mountpoint", served.plan().mountPoint().toString());
        mount.addProperty("upstream", served.plan().upstream().toString());
        mount.addProperty("volume", served.plan().volumeName());
        mount.addProperty("pid", ProcessHandle.current().pid());
        mount.addProperty("transport", served.plan().options().get(MountOptions.TRANSPORT));
        mount.addProperty(
                "coherency", served.plan().options().get(MountOptions.COHERENCY).toString());
        mount.addProperty("read_only", served.fileSystem().isReadOnly());
        mount.addProperty("uptime_ns", System.nanoTime() - served.startNanos());
        mount.addProperty("connectivity", circuit == UpstreamCalls.Circuit.CLOSED ? "connected" : "disconnected");
        mount.addProperty("circuit", circuit.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        return mount;
    }

    private JsonObject cache() {
        JsonObject json = new JsonObject();
        json.addProperty("directory", served.plan().cacheDirectory().toString());
        json.addProperty("size_bytes", cache.sizeBytes());
        json.addProperty("disk_bytes", cache.diskBytes());
        json.addProperty("index_bytes", cache.index().bytes());
        json.addProperty("index_memory_bytes", cache.index().memoryBytes());
        json.addProperty("index_lookups", cache.index().lookups());
        json.addProperty("block_bytes", cache.blockBytes());
        json.addProperty("sector_bytes", cache.sectorBytes());
        json.addProperty("health", cache.health().name());
        json.addProperty("health_reason", served.bypass().orElse(cache.healthReason()));
        json.addProperty("recovering", cache.recovering());
        return json;
    }

    private JsonObject slots() {
        CacheStatistics.Slots slots = cache.slots();
        JsonObject json = new JsonObject();
        json.addProperty("total", slots.total());
        json.addProperty("used", slots.used());
        json.addProperty("split", slots.split());
        json.addProperty("free", slots.free());
        json.addProperty("pinned", slots.pinned());
        json.addProperty("held", slots.held());
        json.addProperty("used_bytes", slots.usedBytes());
        return json;
    }

    private JsonObject reads() {
        NetfsStatistics.Reads reads = netfs.reads();
        JsonObject json = new JsonObject();
        json.addProperty("requests", reads.requests());
        json.addProperty("hit_requests", reads.hitRequests());
        json.addProperty("miss_requests", reads.missRequests());
        json.addProperty("hit_bytes", reads.hitBytes());
        json.addProperty("miss_bytes", reads.missBytes());
        if (reads.hitRatio().isPresent()) {
            json.addProperty("hit_ratio", reads.hitRatio().getAsDouble());
        } else {
            json.add("hit_ratio", JsonNull.INSTANCE);
        }
        return json;
    }

    private JsonObject upstream() {
        JsonObject json = new JsonObject();
        json.addProperty("calls", upstream.calls());
        json.addProperty("data_calls", upstream.dataCalls());
        json.addProperty("read_bytes", netfs.upstream().readBytes());
        json.addProperty("written_bytes", netfs.upstream().writtenBytes());
        json.addProperty("readahead_bytes", netfs.upstream().readaheadBytes());
        json.addProperty("errors", upstream.errors());
        json.addProperty("timeouts", upstream.timeouts());
        json.addProperty("lost_threads", upstream.lostThreads());
        json.addProperty("unchecked", netfs.upstream().unchecked());
        return json;
    }

    private JsonObject fills() {
        JsonObject reasons = new JsonObject();
        netfs.bypassed().reasons().forEach(reasons::addProperty);
        JsonObject json = new JsonObject();
        json.addProperty("bytes", cache.fills().bytes());
        json.addProperty("pending_bytes", cache.fills().pendingBytes());
        json.addProperty("dropped_bytes", cache.fills().droppedBytes());
        json.addProperty("bypassed_bytes", netfs.bypassed().bytes());
        json.add("bypass_reasons", reasons);
        return json;
    }

    private JsonObject cull() {
        CacheStatistics.Cull cull = cache.cull();
        Watermarks marks = served.plan().options().get(MountOptions.CULL);
        JsonObject json = new JsonObject();
        json.addProperty("runs", cull.runs());
        json.addProperty("culled", cull.culled());
        json.addProperty("skipped", cull.skipped());
        json.addProperty("flushed", cull.flushed());
        json.addProperty("longest_exhausted_ns", cull.longestExhaustedNanos());
        json.addProperty("run_percent", marks.run());
        json.addProperty("cull_percent", marks.cull());
        json.addProperty("stop_percent", marks.stop());
        return json;
    }

    private JsonObject errors() {
        JsonObject json = new JsonObject();
        json.addProperty("checksum", cache.errors().checksum());
        json.addProperty("index", cache.errors().index());
        json.addProperty("io", cache.errors().io());
        return json;
    }

    private JsonObject meta() {
        NetfsStatistics.Meta meta = netfs.meta();
        JsonObject json = new JsonObject();
        json.addProperty("nodes", meta.nodes());
        json.addProperty("dirents", meta.dirents());
        json.addProperty("negatives", meta.negatives());
        json.addProperty("hits", meta.hits());
        json.addProperty("revalidations", meta.revalidations());
        return json;
    }

    private JsonObject gauges() {
        NetfsStatistics.Gauges gauges = netfs.gauges();
        JsonObject json = new JsonObject();
        json.addProperty("nodes", gauges.nodes());
        json.addProperty("nodes_referred", gauges.nodesReferred());
        json.addProperty("handles", gauges.handles());
        json.addProperty("holds", cache.holds());
        json.addProperty("fds", gauges.fds());
        json.addProperty("upstream_calls", upstream.outstanding());
        json.addProperty("buffers_used_bytes", gauges.buffersUsedBytes());
        json.addProperty("heap_bytes", ProcessMemory.heapBytes());
        json.addProperty("rss_bytes", ProcessMemory.residentBytes());
        return json;
    }
}
