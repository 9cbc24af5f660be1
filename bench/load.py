"""The load client, load.c, and what is read: one file and one directory of many entries."""

import os

from packages import output, run
from programs import compiled


class Load:
    """Compiled when it is made."""

    def __init__(self):
        self._program = compiled("load")

    def run(self, *arguments):
        """Operations and seconds."""
        operations, seconds = output(self._program, *arguments).split()
        return int(operations), float(seconds)

    def make(self, path, mib):
        run(self._program, "make", path, mib)

    def evict(self, path):
        run(self._program, "evict", path)


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
