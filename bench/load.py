"""The load client, load.c, and what is read: one file and one directory of many entries."""

import os
from pathlib import Path

from packages import install, output, run

HERE = Path(__file__).resolve().parent
SOURCE, PROGRAM = HERE / "load.c", HERE / "target" / "load"
PACKAGES = {"gcc": "gcc", "/usr/include/stdio.h": "libc6-dev"}


class Load:
    """Compiled when it is made."""

    def __init__(self):
        install(PACKAGES)
        if not PROGRAM.exists() or PROGRAM.stat().st_mtime < SOURCE.stat().st_mtime:
            PROGRAM.parent.mkdir(exist_ok=True)
            run("gcc", "-O2", "-Wall", "-Werror", "-pthread", "-o", PROGRAM, SOURCE)

    def run(self, *arguments):
        """Operations and seconds."""
        operations, seconds = output(PROGRAM, *arguments).split()
        return int(operations), float(seconds)

    def make(self, path, mib):
        run(PROGRAM, "make", path, mib)

    def evict(self, path):
        run(PROGRAM, "evict", path)


class Fixture:
    """What is read, by names below upstream."""

    file = "read/file"
    entries = "read/entries"

    def __init__(self, load, upstream, mib, count):
        self.load, self.mib, self.count = load, mib, count
        (upstream / self.entries).mkdir(parents=True)
        load.make(upstream / self.file, mib)
        for number in range(count):
            (upstream / self.entries / f"f{number:05}").touch()

    def read_all(self, directory):
        self.read_file(directory)
        list_long(directory / self.entries)

    def read_file(self, directory):
        """From below, whatever the kernel has of it."""
        self.load.evict(directory / self.file)
        self.load.run("sequential", directory / self.file, 1)


def list_long(directory):
    run("ls", "-l", directory, env={**os.environ, "LC_ALL": "C"})
