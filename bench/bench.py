"""Runs the rows: upstream itself and the mount back to back in each round, in alternating order, and prints Markdown."""

import argparse
import contextlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mounts import Mount
from network import NetworkUpstream
from ratios import median_with_interval
from rows import ROWS


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench/run",
        description="Measures writing through netcachefs against writing to upstream itself, in one interleaved run.",
    )
    parser.add_argument("--only", choices=ROWS, help="one row instead of all")
    parser.add_argument("--upstream", type=Path, help="a directory to cache (best a network file system's); default: one on the local disk")
    parser.add_argument("--line", metavar="RATE", help="upstream is sshfs over a line of this speed, such as 1gbit (as root; installs sshfs and openssh-server)")
    parser.add_argument("--cache", type=Path, help="where the cache lies; default: on the local disk")
    parser.add_argument("--rounds", type=int, default=11, help="default 11")
    parser.add_argument("--size-mib", type=int, default=2048, help="of the row write; default 2048")
    parser.add_argument("--files", type=int, default=10_000, help="of the row tar; default 10000")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: at least 1")
    if options.line and os.geteuid() != 0:
        parser.error("--line: only root can make a network namespace")
    return options


def client_cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(row, directory, mount):
    """Seconds, and CPU seconds of client and daemon, of one run."""
    before = client_cpu_seconds() + mount.cpu_seconds()
    begun = time.monotonic()
    row.run(directory)
    took = time.monotonic() - begun
    return took, client_cpu_seconds() + mount.cpu_seconds() - before


def drop_caches():
    os.sync()
    if os.geteuid() == 0:
        Path("/proc/sys/vm/drop_caches").write_text("3")


def rounds(row, count, sides, mount):
    """One dictionary a round: side -> (seconds, CPU seconds). The first round, which warms things up, does not count."""
    results = []
    for number in range(count + 1):
        order = list(sides) if number % 2 == 0 else list(reversed(sides))
        result = {}
        for side in order:
            result[side] = measured(row, sides[side], mount)
            mount.settle()
            row.clear(sides[side])
            drop_caches()
        if number > 0:
            results.append(result)
            print(f"{row.name} {number}: " + ", ".join(f"{s} {result[s][0]:.2f} s" for s in sides), file=sys.stderr)
    return results


def line(row, results):
    ratio, low, high = median_with_interval([r["upstream"][0] / r["mount"][0] for r in results])
    seconds = {side: statistics.median(r[side][0] for r in results) for side in ("upstream", "mount")}
    cpu = {side: statistics.median(r[side][1] for r in results) / row.amount for side in ("upstream", "mount")}
    return (
        f"| {row.title} | {seconds['upstream']:.2f} | {seconds['mount']:.2f} | "
        f"{ratio:.2f} [{low:.2f}, {high:.2f}] | {cpu['upstream']:.2f} | {cpu['mount']:.2f} per {row.per} |"
    )


def rows_over(upstream, options, scratch):
    """The Markdown lines of all rows wanted."""
    sides = {"upstream": upstream / "direct", "mount": scratch / "mount" / "cached"}
    for directory in (upstream / "direct", upstream / "cached", scratch / "mount"):
        directory.mkdir(parents=True)
    lines = []
    with Mount(upstream, scratch / "mount", options.cache or scratch / "cache", f"{2 * options.size_mib + 1024}M") as mount:
        for name in [options.only] if options.only else ROWS:
            row = ROWS[name](scratch, size_mib=options.size_mib, files=options.files)
            lines.append(line(row, rounds(row, options.rounds, sides, mount)))
    return lines


def report(upstream, options, scratch):
    lines = rows_over(upstream, options, scratch)
    described = ["findmnt", "-n", "-o", "FSTYPE", "-T", str(upstream)]
    kind = subprocess.run(described, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    print(f"Upstream: {kind}{', ' + options.line if options.line else ''}. {options.rounds} rounds, medians; ratio with its 90 % bootstrap interval.\n")
    print("| | upstream s | mount s | upstream / mount | CPU s upstream | CPU s mount |\n|---|---|---|---|---|---|")
    print("\n".join(lines))


def main():
    options = arguments()
    scratch = Path(tempfile.mkdtemp(prefix="netcachefs-bench-", dir="/var/tmp"))
    with contextlib.ExitStack() as stack:
        stack.callback(remove, scratch)
        where = scratch
        if options.line:
            where = stack.enter_context(NetworkUpstream(scratch, options.line)).path
        elif options.upstream:
            where = options.upstream
        upstream = Path(tempfile.mkdtemp(prefix="netcachefs-bench-", dir=where))
        stack.callback(remove, upstream)
        report(upstream, options, scratch)


def remove(directory):
    """Never what lies below a mount point."""
    if not any(os.path.ismount(directory / name) for name in ("mount", "network")):
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
