"""Measures netcachefs: mounts all sides, runs the rows in rounds, and prints Markdown and draws a chart."""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import awake
import chart
import mounts
import report
import rounds
import rows
from load import Fixture, Load
from network import NetworkUpstream


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench/run",
        description="Measures, in one interleaved run, netcachefs warm on both transports against the local file and C libfuse 3's passthrough_hp, "
        "and writing through netcachefs against writing to upstream itself. Installs what it needs (as root), saying so.",
    )
    parser.add_argument("--only", choices=rows.NAMES, action="append", help="one row instead of all; may be given several times")
    parser.add_argument("--upstream", type=Path, help="a directory to cache (best a network file system's); default: one on the local disk")
    parser.add_argument("--line", metavar="RATE", help="upstream is sshfs over a line of this speed, such as 1gbit (as root; installs sshfs and openssh-server)")
    parser.add_argument("--round-trip", type=float, default=0, metavar="MS", help="with --line: milliseconds there and back, on top of what the way takes; default 0")
    parser.add_argument("--awake", action="store_true", help="in a virtual machine: idle processors poll before they halt, meanwhile (as root)")
    parser.add_argument("--cache", type=Path, help="where the caches lie; default: on the local disk")
    parser.add_argument("--rounds", type=int, default=11, help="default 11")
    parser.add_argument("--seconds", type=float, default=2, help="of each run of the rows random, and twice what the rows stat take; default 2")
    parser.add_argument("--read-mib", type=int, default=1024, help="of the file that is read; default 1024")
    parser.add_argument("--entries", type=int, default=10_000, help="of the rows ls; default 10000")
    parser.add_argument("--size-mib", type=int, default=2048, help="of the row write; default 2048")
    parser.add_argument("--files", type=int, default=10_000, help="of the row tar; default 10000")
    parser.add_argument("--chart", type=Path, default=Path(__file__).parent / "target" / "bench.png", help="default bench/target/bench.png")
    options = parser.parse_args()
    options.rows = [name for name in rows.NAMES if not options.only or name in options.only]
    options.reading = any(name not in rows.WRITING for name in options.rows)
    for name, least in (("rounds", 1), ("read_mib", 4), ("entries", 2), ("size_mib", 1), ("files", 1)):
        if getattr(options, name) < least:
            parser.error(f"--{name.replace('_', '-')}: at least {least}")
    if options.line and os.geteuid() != 0:
        parser.error("--line: only root can make a network namespace")
    if options.awake and os.geteuid() != 0:
        parser.error("--awake: only root can set this")
    if options.round_trip and not options.line:
        parser.error("--round-trip: of which --line?")
    if options.reading and os.geteuid() != 0:
        parser.error("only root can mount, and drop what the kernel holds of a mount; the rows write and tar do without")
    return options


class Bench:
    """What the rows work with: upstream with what is read, and all sides, mounted until `mounted` is closed."""

    def __init__(self, options, scratch, upstream, caches, mounted):
        self.options, self.scratch = options, scratch
        self.kinds = mounts.Kinds(upstream, caches)
        self._upstream, self._mounted = upstream, mounted
        self._require_space()
        if options.reading:
            self.load = Load()
            self.fixture = Fixture(self.load, upstream, options.read_mib, options.entries)
        self.sides = [self._side(name) for name in rows.sides(options.rows)]

    def each_measured(self, names, failed):
        """Those that fail, as one of the sides may, are told and added to `failed`."""
        for name in names:
            try:
                yield self._measured(name)
            except (OSError, subprocess.CalledProcessError) as failure:
                print(f"bench: {name}: {failure}", file=sys.stderr)
                failed.append(name)

    def _measured(self, name):
        row = rows.make(name, self)
        sides = [side for side in self.sides if side.name in row.sides]
        row.begin(sides)
        return report.Measured(row, rounds.results(row, sides, self.options.rounds), row.end(sides))

    def _side(self, name):
        if name == "upstream":
            return mounts.Upstream(self._upstream)
        side = self.kinds.make(name, self.scratch, self._cache_mib())
        side.mount()
        self._mounted.callback(side.unmount)
        if self.options.reading:
            side.warm(self.fixture)
        return side

    def _cache_mib(self):
        return 512 + (self.options.read_mib * 5 // 4 if self.options.reading else 0) + (2 * self.options.size_mib if self._writes() else 0)

    def _writes(self):
        return any(name in rows.WRITING for name in self.options.rows)

    def _require_space(self):
        needed = 2 * self._cache_mib() + self.options.read_mib + (self.options.size_mib if self._writes() else 0) + 1024
        free = shutil.disk_usage(self.scratch).free >> 20
        if free < needed:
            sys.exit(f"bench: {needed} MiB are needed in {self.scratch.parent}, {free} are free; --read-mib and --size-mib make it less")


def run(options, scratch, upstream, caches):
    load_before = os.getloadavg()
    with contextlib.ExitStack() as mounted:
        bench = Bench(options, scratch, upstream, caches, mounted)
        failed = []
        measured = list(bench.each_measured(options.rows, failed))
    if measured:
        print(report.markdown(measured, upstream, options, load_before))
        chart.draw(measured, options.chart)
        print(f"\n![chart]({options.chart})")
    if failed:
        sys.exit(f"bench: not measured: {', '.join(failed)}")


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(128 + signal.SIGTERM))  # so that everything is unmounted
    chart.install_what_it_needs()
    options.chart.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        if options.awake:
            stack.enter_context(awake.awake())
        scratch = temporary(stack, "/var/tmp")
        if options.line:
            upstream = stack.enter_context(NetworkUpstream(scratch, options.line, options.round_trip)).path
        else:
            upstream = temporary(stack, options.upstream or scratch)
        run(options, scratch, upstream, temporary(stack, options.cache or scratch))


def temporary(stack, where):
    directory = Path(tempfile.mkdtemp(prefix="netcachefs-bench-", dir=where))
    stack.callback(remove, directory)
    return directory


def remove(directory):
    """Never what lies below a mount point."""
    if f" {directory}/" not in Path("/proc/self/mountinfo").read_text():
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
