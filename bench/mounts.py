"""The sides that are compared: upstream itself, passthrough_hp and netcachefs mounts, and what they cost."""

import ctypes
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import passthrough
from row import Cpu

LAUNCHER = Path(os.environ.get("NETCACHEFS", Path(__file__).resolve().parent.parent / "netcachefs"))
LIBC = ctypes.CDLL(None, use_errno=True)
MS_NOSUID, MS_NODEV, MS_REMOUNT = 2, 4, 32
# What netcachefs tells the kernel by default (NetfsConfig, KernelAttributes): names are believed for a second, attributes of what is
# not open for 3 s at first, up to a minute while they stay the same.
OUR_VALIDITIES = {"ENTRY_VALID": "1", "ATTRIBUTES_VALID": "3"}


class Upstream:
    """Upstream as it is, without a daemon."""

    name = "upstream"
    is_mount = False

    def __init__(self, directory):
        self.directory = directory

    def cpu(self):
        return Cpu(0, 0)

    def counters(self):
        return None


class Mount:
    """Mounted from `mount` to `unmount`, at a mount point of its own below scratch; `pid` is the daemon's."""

    is_mount = True

    def __init__(self, scratch, upstream, name):
        self.name = name
        self.directory = scratch / f"mount-{name}"
        self.directory.mkdir()
        self.pid = None
        self._upstream = upstream

    def mount(self):
        """Seconds from the command until the mount answers."""
        outside = os.stat(self.directory).st_dev
        begun = time.monotonic()
        command = self._begin()
        while os.stat(self.directory).st_dev == outside:
            if command.poll() not in (None, 0):
                raise RuntimeError(f"{self.name} did not mount")
            time.sleep(0.001)
        took = time.monotonic() - begun
        self.pid = self._begun(command)
        return took

    def cpu(self):
        """Of all the daemon's threads so far, those that ended included: how much by clock_getcpuclockid(3), whose by the ticks of proc_pid_stat(5)."""
        if not self.pid:
            return Cpu(0, 0)
        used = time.clock_gettime((~self.pid << 3) | 2)
        own, kernel = map(int, Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[11:13])
        share = own / (own + kernel) if own + kernel > 0 else 1
        return Cpu(used * share, used * (1 - share))

    def anonymous_bytes(self):
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("RssAnon:")[2].split()[0]) * 1024

    def forget_names(self):
        """Has the kernel drop the names and attributes it holds of this mount, and of no other: a remount does."""
        if LIBC.mount(None, bytes(self.directory), None, MS_REMOUNT | MS_NOSUID | MS_NODEV, None) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(self.directory))

    def counters(self):
        """What `stat --json` tells, if the daemon has it."""
        return None

    def settle(self):
        """Waits until the daemon does nothing of its own any more."""


class Netcachefs(Mount):
    """Options are the product's defaults but for size, cache and the transport, which is the side's name."""

    def __init__(self, scratch, upstream, name, cache, size_mib):
        super().__init__(scratch, upstream, name)
        options = [f"--transport={name}", "--size", f"{size_mib}M", "--cache", str(cache)]
        self._command = [str(LAUNCHER), "mount", *options, str(upstream), str(self.directory)]

    def unmount(self):
        _launch("umount", self.directory)
        self.pid = None

    def counters(self):
        return json.loads(_launch("stat", "--json", self.directory))

    def settle(self):
        """Waits until what was read or written is in the cache: it costs time that belongs to nobody's next round."""
        while self.counters()["fills"]["pending_bytes"] > 0:
            time.sleep(0.2)

    def warm(self, fixture):
        """Reads all until that takes no byte from upstream and no look into the index.

        What changed of late is fetched again once, and what was cached of late is compared with its checksums once more
        when the disk has it.
        """
        for _ in range(60):
            fixture.read_all(self.directory)
            self.settle()
            if self._asked_by(lambda: fixture.read_file(self.directory)) == (0, 0):
                return
            time.sleep(2)
        raise RuntimeError(f"{self.name} does not get warm")

    def _asked_by(self, what):
        """Bytes of upstream, and looks into the index."""
        before = self.counters()
        what()
        after = self.counters()
        return after["upstream"]["read_bytes"] - before["upstream"]["read_bytes"], after["cache"]["index_lookups"] - before["cache"]["index_lookups"]

    def _begin(self):
        return subprocess.Popen(self._command, stdout=subprocess.DEVNULL)

    def _begun(self, command):
        if command.wait() != 0:
            raise RuntimeError(f"{self.name} did not mount")
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            arguments = _read(process).split(b"\0")
            if b"org.netcachefs.cli.Main" in arguments and bytes(self.directory) in arguments:
                return int(process.parent.name)
        raise RuntimeError(f"no daemon of {self.directory}")


class Passthrough(Mount):
    """passthrough_hp; `validities` are seconds by their names in its environment."""

    def __init__(self, scratch, upstream, name, validities, xattrs=False):
        super().__init__(scratch, upstream, name)
        self._environment = {**os.environ, **validities}
        self._command = [str(passthrough.build(xattrs)), "--foreground", *(["--nocache"] if validities else []), str(upstream), str(self.directory)]

    def unmount(self):
        if os.path.ismount(self.directory):  # what ends the bench may have ended it too
            subprocess.run(["umount", str(self.directory)], check=True)
        self._process.wait()
        self.pid = None

    def warm(self, fixture):
        fixture.read_all(self.directory)

    def _begin(self):
        self._process = subprocess.Popen(self._command, env=self._environment, stdout=subprocess.DEVNULL)
        return self._process

    def _begun(self, command):
        return command.pid


class Kinds:
    """Makes mounts of upstream by their names; caches lie below `caches`."""

    def __init__(self, upstream, caches):
        self._upstream, self._caches = upstream, caches

    def make(self, name, scratch, cache_mib):
        if name == "passthrough":
            return Passthrough(scratch, self._upstream, name, {})
        if name == "passthrough-xattrs":
            return Passthrough(scratch, self._upstream, name, {}, xattrs=True)
        if name == "passthrough-ours":
            return Passthrough(scratch, self._upstream, name, OUR_VALIDITIES)
        cache = tempfile.mkdtemp(prefix=f"cache-{name}-", dir=self._caches)
        return Netcachefs(scratch, self._upstream, name, cache, cache_mib)


def _launch(*arguments):
    return subprocess.run([str(LAUNCHER), *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True).stdout


def _read(file):
    try:
        return file.read_bytes()
    except OSError:
        return b""
