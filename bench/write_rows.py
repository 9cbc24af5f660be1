"""Writing through the mounts and to upstream itself, each side in a directory of its own."""

import os
import random
import shutil
import subprocess
import tarfile
import time
from pathlib import Path

from packages import run
from row import Row


class WriteRow(Row):
    sides = ("upstream", "libfuse", "kernel")
    against = "upstream"
    unit = "s"
    less_is_better = True

    def prepare(self, side):
        self.directory(side).mkdir(exist_ok=True)

    def run(self, side):
        begun = time.monotonic()
        self.write(self.directory(side))
        return time.monotonic() - begun, self.amount

    def finish(self, side):
        if side.is_mount:
            side.settle()
        self.clear(self.directory(side))
        drop_caches()

    def directory(self, side):
        return side.directory / f"written-{side.name}"


class SequentialWrite(WriteRow):
    """One file written from its beginning to its end, and fsync."""

    per = "GiB"

    def __init__(self, bench):
        self._mib = bench.options.size_mib
        self.amount = self._mib / 1024
        self.title = f"sequential write of {self._mib} MiB with fsync"

    def write(self, directory):
        run("dd", "if=/dev/zero", f"of={directory}/written", "bs=1M", f"count={self._mib}", "conv=fsync", stderr=subprocess.DEVNULL)

    def clear(self, directory):
        os.remove(directory / "written")


class Unpack(WriteRow):
    """tar x of small files, a hundred to a directory.

    They are not removed before all rounds are over: ext4 looks past each inode that was freed of late, which costs whoever makes files next (recently_deleted).
    """

    per = "1,000 files"
    file_bytes = 4096

    def __init__(self, bench):
        files = bench.options.files
        self.amount = files / 1000
        self.title = f"tar x of {files:,} files of {self.file_bytes} bytes"
        self._archive = bench.scratch / "files.tar"
        self._pack(bench.scratch / "tree", files)
        self._runs = 0

    def _pack(self, tree, files):
        content = random.Random(1)
        for number in range(files):
            directory = tree / f"d{number // 100:03}"
            directory.mkdir(parents=True, exist_ok=True)
            Path(directory, f"f{number:05}").write_bytes(content.randbytes(self.file_bytes))
        with tarfile.open(self._archive, "w") as archive:
            archive.add(tree, ".")
        shutil.rmtree(tree)

    def write(self, directory):
        self._runs += 1
        unpacked = directory / f"unpacked-{self._runs}"
        unpacked.mkdir()
        run("tar", "xf", self._archive, "-C", unpacked)

    def clear(self, directory):
        pass


def drop_caches():
    os.sync()
    if os.geteuid() == 0:
        Path("/proc/sys/vm/drop_caches").write_text("3")
