"""Reading what is cached, and what comes with it: attributes, listings, memory and the start."""

import tempfile
import time
from pathlib import Path

from load import list_long
from row import Row


class ReadRow(Row):
    """So many threads read what lies in memory below all sides, while the kernel's cache of the mount itself is empty."""

    warm_up = 5  # the JVM compiles what has run often, and what was filled and written before reaches the disk

    def __init__(self, bench, threads):
        self._load, self._fixture, self._seconds = bench.load, bench.fixture, bench.options.seconds
        self._threads = threads
        self.title = f"{self.what}, {threads} {'thread' if threads == 1 else 'threads'}"

    def prepare(self, side):
        if side.is_mount:
            self._load.evict(self._file(side))

    def _file(self, side):
        return side.directory / self._fixture.file


class SequentialRead(ReadRow):
    """Of the whole file, by all threads together, a part each."""

    turns = 4  # a run takes a quarter of a second
    warm_up = 3  # of four runs each
    what = "sequential"
    unit = "MiB/s"
    per = "GiB"

    def run(self, side):
        mib, seconds = self._load.run("sequential", self._file(side), self._threads)
        return mib / seconds, mib / 1024


class RandomRead(ReadRow):
    """O_DIRECT, but on upstream itself, where that would be the disk."""

    what = "random 4 KiB"
    unit = "1,000/s"
    per = "1,000 reads"
    stray_lookups = 0.001  # a read: the counter also has what opens and the daemon's own upkeep ask

    def begin(self, sides):
        for side in (side for side in sides if side.is_mount):
            self._fixture.read_file(side.directory)
        self._before = self._counters(sides)

    def end(self, sides):
        return [self._warmth(side, self._before[side], now) for side, now in self._counters(sides).items()]

    def run(self, side):
        how = "direct" if side.is_mount else "cached"
        reads, seconds = self._load.run("random", self._file(side), self._threads, self._seconds, how)
        return reads / seconds / 1000, reads / 1000

    def _counters(self, sides):
        return {side.name: side.counters() for side in sides if side.name in ("kernel", "libfuse")}

    def _warmth(self, side, before, now):
        """The proof that the row measured the cache."""
        reads, hits = (now["reads"][name] - before["reads"][name] for name in ("requests", "hit_requests"))
        fetched = now["upstream"]["read_bytes"] - before["upstream"]["read_bytes"]
        lookups = now["cache"]["index_lookups"] - before["cache"]["index_lookups"]
        verdict = "warm" if fetched == 0 and lookups / reads < self.stray_lookups else "NOT WARM"
        return (
            f"{self.title}, {side}: {reads:,} reads, {reads - hits:,} not from the cache, {fetched:,} bytes from upstream, "
            f"{lookups:,} index lookups ({lookups / reads:.2g} a read): {verdict}"
        )


class Stat(ReadRow):
    """statx(AT_STATX_FORCE_SYNC): one request each to the daemon."""

    what = "stat"
    unit = "1,000/s"
    per = "1,000 calls"

    def run(self, side):
        calls, seconds = self._load.run("stat", side.directory / self._fixture.entries, self._threads, self._seconds / 2)
        return calls / seconds / 1000, calls / 1000


class ListLong(Row):
    """ls -l of a directory of which the kernel knows nothing, or what it remembers of the round before.

    It asks for each file's access list: like is compared with like where passthrough_hp is asked, too.
    """

    sides = ("upstream", "passthrough", "passthrough-xattrs", "passthrough-ours", "libfuse", "kernel")
    against = "passthrough-xattrs"
    unit = "ms"
    per = "listing"
    less_is_better = True
    turns = 4  # a listing takes a quarter of a second
    warm_up = 2  # of four listings each

    def __init__(self, bench, forgotten):
        self._fixture, self._forgotten = bench.fixture, forgotten
        self.title = f"`ls -l` of {self._fixture.count:,}, {'names dropped by the kernel' if forgotten else 'a second time'}"

    def prepare(self, side):
        if self._forgotten and side.is_mount:
            side.forget_names()
        elif not self._forgotten:
            self._list(side)

    def run(self, side):
        begun = time.monotonic()
        self._list(side)
        return (time.monotonic() - begun) * 1000, 1

    def _list(self, side):
        list_long(side.directory / self._fixture.entries)


class Memory(Row):
    """Anonymous memory of the daemon after all that ran before, at least a reading of everything."""

    sides = ("passthrough", "passthrough-ours", "libfuse", "kernel")
    title = "anonymous memory"
    unit = "MiB"
    less_is_better = True

    def __init__(self, bench):
        pass

    def run(self, side):
        return side.anonymous_bytes() / 2**20, 1


class Start(Row):
    """From the command until the mount answers, with a cache that is there already."""

    cache_mib = 256
    sides = Memory.sides
    title = "start until the mount answers"
    unit = "ms"
    per = "start"
    less_is_better = True

    def __init__(self, bench):
        self._kinds, self._scratch = bench.kinds, bench.scratch
        self._twins = {}

    def begin(self, sides):
        for side in sides:
            scratch = Path(tempfile.mkdtemp(prefix="start-", dir=self._scratch))
            self._twins[side.name] = self._kinds.make(side.name, scratch, self.cache_mib)

    def run(self, side):
        return self._twins[side.name].mount() * 1000, 1

    def finish(self, side):
        self._twins[side.name].unmount()

    def cpu(self, side):
        return self._twins[side.name].cpu()
