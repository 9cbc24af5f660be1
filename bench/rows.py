"""What is measured: each row does the same work in a directory of upstream and in the same directory through the mount."""

import os
import random
import shutil
import subprocess
import tarfile
from pathlib import Path


class SequentialWrite:
    """One file written from its beginning to its end, and fsync."""

    name = "write"
    per = "GiB"

    def __init__(self, scratch, size_mib, **unused):
        self._mib = size_mib
        self.amount = size_mib / 1024
        self.title = f"sequential write of {size_mib} MiB with fsync"

    def run(self, directory):
        subprocess.run(
            ["dd", "if=/dev/zero", f"of={directory}/written", "bs=1M", f"count={self._mib}", "conv=fsync"],
            check=True,
            stderr=subprocess.DEVNULL,
        )

    def clear(self, directory):
        os.remove(f"{directory}/written")


class Unpack:
    """tar x of small files, a hundred to a directory."""

    name = "tar"
    per = "1,000 files"
    file_bytes = 4096

    def __init__(self, scratch, files, **unused):
        self.amount = files / 1000
        self.title = f"tar x of {files} files of {self.file_bytes} bytes"
        self._archive = Path(scratch, "files.tar")
        self._pack(scratch, files)

    def _pack(self, scratch, files):
        content = random.Random(1)
        tree = Path(scratch, "tree")
        for number in range(files):
            directory = tree / f"d{number // 100:03}"
            directory.mkdir(parents=True, exist_ok=True)
            Path(directory, f"f{number:05}").write_bytes(content.randbytes(self.file_bytes))
        with tarfile.open(self._archive, "w") as archive:
            archive.add(tree, ".")
        shutil.rmtree(tree)

    def run(self, directory):
        target = Path(directory, "unpacked")
        target.mkdir()
        subprocess.run(["tar", "xf", self._archive, "-C", target], check=True)

    def clear(self, directory):
        shutil.rmtree(Path(directory, "unpacked"))


ROWS = {row.name: row for row in (SequentialWrite, Unpack)}
