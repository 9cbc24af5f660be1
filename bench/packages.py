"""Debian packages that the bench needs and installs where they are missing, saying so."""

import os
import shutil
import subprocess
import sys


def install(needed):
    """`needed` maps a command, or an absolute path, to the package that brings it."""
    missing = sorted({package for what, package in needed.items() if not _is_here(what)})
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit(f"bench: missing packages; as root: apt-get install -y {' '.join(missing)}")
    print(f"bench: installing {' '.join(missing)}", file=sys.stderr)
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
        run("apt-get", "update")
        run(*command)


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, **options)


def output(*command):
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout


def _is_here(what):
    return os.path.exists(what) if what.startswith("/") else shutil.which(what) is not None
