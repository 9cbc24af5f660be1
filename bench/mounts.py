"""A netcachefs mount for the length of a bench, and the CPU time of its daemon."""

import json
import os
import subprocess
import time
from pathlib import Path

LAUNCHER = Path(os.environ.get("NETCACHEFS", Path(__file__).resolve().parent.parent / "netcachefs"))
TICKS = os.sysconf("SC_CLK_TCK")


class Mount:
    """Mounted while it is entered; options are the product's defaults but for size and cache."""

    def __init__(self, upstream, mountpoint, cache, size):
        self.mountpoint = mountpoint
        self._command = ["mount", "--size", size, "--cache", str(cache), str(upstream), str(mountpoint)]

    def __enter__(self):
        _launch(*self._command)
        self._pid = json.loads(_launch("stat", "--json", str(self.mountpoint)))["mount"]["pid"]
        return self

    def __exit__(self, *unused):
        _launch("umount", str(self.mountpoint))

    def cpu_seconds(self):
        """User and system time of the daemon so far."""
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def settle(self):
        """Waits until what was written is in the cache: it costs time that belongs to nobody's next round."""
        while json.loads(_launch("stat", "--json", str(self.mountpoint)))["fills"]["pending_bytes"] > 0:
            time.sleep(0.2)


def _launch(*arguments):
    return subprocess.run(
        [str(LAUNCHER), *arguments], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
