"""A network file system of our own: sshfs, its server in a network namespace behind a line of limited speed. Needs root."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from packages import install, run
from programs import compiled

PACKAGES = {"sshfs": "sshfs", "/usr/sbin/sshd": "openssh-server", "ip": "iproute2", "tc": "iproute2"}
CLIENT, SERVER = "10.213.77.1", "10.213.77.2"


class NetworkUpstream:
    """Mounted at `path` while it is entered; `rate` is what tc understands, such as 1gbit, in each direction; `round_trip` milliseconds come on top of what the way takes."""

    def __init__(self, scratch, rate, round_trip):
        self._scratch = Path(scratch)
        self._rate = rate
        self._round_trip = round_trip
        self._namespace = f"ncbench{os.getpid()}"
        self._server = None
        self.path = self._scratch / "network"

    def __enter__(self):
        install(PACKAGES)
        try:
            self._join()
            self._serve()
            self._mount()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused):
        if os.path.ismount(self.path):
            subprocess.run(["fusermount3", "-uz", str(self.path)], check=False)
        if self._server is not None:
            self._server.terminate()
            self._server.wait()
        subprocess.run(["ip", "netns", "del", self._namespace], check=False, stderr=subprocess.DEVNULL)

    def _join(self):
        """A pair of interfaces, one in the namespace, each sending at no more than the rate."""
        near, far = f"ncb{os.getpid() % 100000}c", f"ncb{os.getpid() % 100000}s"
        inside = ["ip", "netns", "exec", self._namespace]
        run("ip", "netns", "add", self._namespace)
        run("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", self._namespace)
        run("ip", "addr", "add", f"{CLIENT}/30", "dev", near)
        run("ip", "link", "set", near, "up")
        run("ip", "-n", self._namespace, "addr", "add", f"{SERVER}/30", "dev", far)
        run("ip", "-n", self._namespace, "link", "set", far, "up")
        for command, device in (([], near), (inside, far)):
            run(*command, "tc", "qdisc", "add", "dev", device, "root", "tbf", "rate", self._rate, "burst", "256k", "latency", "50ms")

    def _serve(self):
        keys = self._scratch / "keys"
        keys.mkdir(mode=0o700)
        for key in ("host", "user"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / key))
        shutil.copy(keys / "user.pub", keys / "authorized")
        Path("/run/sshd").mkdir(exist_ok=True)
        options = {
            "ListenAddress": SERVER,
            "HostKey": keys / "host",
            "AuthorizedKeysFile": keys / "authorized",
            "StrictModes": "no",
            "PermitRootLogin": "prohibit-password",
            "PidFile": "none",
            "Subsystem": "sftp internal-sftp",
        }
        arguments = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        self._server = subprocess.Popen(
            ["ip", "netns", "exec", self._namespace, "/usr/sbin/sshd", "-D", "-f", "/dev/null", *arguments],
            stderr=subprocess.DEVNULL,
        )

    def _mount(self):
        served = self._scratch / "served"
        served.mkdir()
        self.path.mkdir()
        options = f"IdentityFile={self._scratch}/keys/user,StrictHostKeyChecking=no,UserKnownHostsFile=/dev/null"
        if self._round_trip:
            options += f",ProxyCommand={compiled('relay')} {SERVER} 22 {self._round_trip}"
        for attempt in range(50):
            mounted = subprocess.run(
                ["sshfs", "-o", options, f"root@{SERVER}:{served}", str(self.path)], stderr=subprocess.PIPE, check=False, text=True
            )
            if mounted.returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError(f"sshfs: {mounted.stderr.strip()}")
