"""passthrough_hp of C libfuse 3, built from Debian's source package fuse3 of this machine's release.

Changed is only what a comparison needs:
- O_DIRECT is taken off what is opened below. Otherwise the disk would answer, where the others answer from memory.
- Lookups are counted under the lock of the table that they are looked up in. Otherwise one could be answered with what a
  forget frees at the same time ("Bad file descriptor", "Negative lookup count"); libfuse has mended that since (its pull request 1368).
- ENTRY_VALID and ATTRIBUTES_VALID in the environment, in seconds, say how long the kernel believes what it is told; without
  them it is --nocache's 0 or the default of a day.
It raises its own limit of open files, as it holds one for each name that the kernel knows. Its own build leaves extended
attributes out; built with them (HAVE_SETXATTR) it is asked for those that netcachefs is asked for.
"""

import os
import re
import sys
from pathlib import Path

from packages import install, output, run

TARGET = Path(__file__).resolve().parent / "target"
WITH_XATTRS = "-DHAVE_SETXATTR"
PACKAGES = {"g++": "g++", "dpkg-source": "dpkg-dev", "/usr/include/fuse3/fuse_lowlevel.h": "libfuse3-dev"}
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
FLAGS = ["-O2", "-std=c++11", "-fno-strict-aliasing", "-D_REENTRANT", "-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64"]

VALIDITY = """static Fs fs{};

static double validity(const char *what) {
    const char *given = getenv(what);
    return given ? atof(given) : fs.timeout;
}
static double entry_valid() { static const double seconds = validity("ENTRY_VALID"); return seconds; }
static double attributes_valid() { static const double seconds = validity("ATTRIBUTES_VALID"); return seconds; }
"""
CHANGES = (
    (r"static Fs fs\{\};", VALIDITY),
    (r"entry_timeout = fs\.timeout", "entry_timeout = entry_valid()"),
    (r"attr_timeout = fs\.timeout", "attr_timeout = attributes_valid()"),
    (r"fuse_reply_attr\(req, &attr, fs\.timeout\)", "fuse_reply_attr(req, &attr, attributes_valid())"),
    (r"(// found existing inode\s*)(fs_lock\.unlock\(\);[^}]*?)lock_guard<mutex> g \{inode\.m\};\s*inode\.nlookup\+\+;", r"\1inode.nlookup++; \2"),
    (r"unique_lock<mutex> l \{inode\.m\};(\s*if ?\(n > inode\.nlookup\))", r"lock_guard<mutex> l {fs.mutex};\1"),
    (r"lock_guard<mutex> g_fs \{fs\.mutex\};\s*l\.unlock\(\);", ""),
    (r"(static void sfs_open\([^{]*\{)", r"\1 fi->flags &= ~O_DIRECT;"),
)


def build(xattrs=False):
    """The program's path; it is built once for each version of this file."""
    install(PACKAGES)
    program = TARGET / ("passthrough_hp-xattrs" if xattrs else "passthrough_hp")
    if program.exists() and program.stat().st_mtime > os.stat(__file__).st_mtime:
        return program
    print(f"bench: building {program.name}", file=sys.stderr)
    TARGET.mkdir(exist_ok=True)
    example = _unpacked_source() / "example"
    changed = example / "changed.cc"
    changed.write_text(_changed((example / "passthrough_hp.cc").read_text()))
    options = [*FLAGS, WITH_XATTRS] if xattrs else FLAGS
    run("g++", *options, "-I/usr/include/fuse3", "-o", program, changed, "-lfuse3", "-lpthread")
    return program


def _changed(text):
    for found, instead in CHANGES:
        text, times = re.subn(found, instead, text)
        if times == 0:
            raise RuntimeError(f"passthrough_hp.cc has no {found}: it is of a version that the bench does not know")
    return text


def _unpacked_source():
    """Fetched by a list of sources, and lists of packages, of the bench's own: those of the machine stay as they are."""
    apt = TARGET / "apt"
    for directory in (apt / "parts", apt / "lists" / "partial"):
        directory.mkdir(parents=True, exist_ok=True)
    (apt / "sources.list").write_text(_sources())
    private = [f"Dir::Etc::SourceList={apt}/sources.list", f"Dir::Etc::SourceParts={apt}/parts", f"Dir::State::Lists={apt}/lists", "APT::Sandbox::User=root"]
    options = [part for option in private for part in ("-o", option)]
    run("apt-get", *options, "update")
    version = output("dpkg-query", "-W", "-f", "${source:Version}", "libfuse3-dev")
    run("apt-get", *options, "source", "--download-only", f"fuse3={version}", cwd=TARGET)
    source = TARGET / "fuse3"
    if not source.exists():
        run("dpkg-source", "--no-check", "-x", next(TARGET.glob("fuse3_*.dsc")), source)
    return source


def _sources():
    """A deb-src line for each place that this machine has libfuse3-dev from."""
    places = {tuple(line.split("|")[2].split()[:2]) for line in output("apt-cache", "madison", "libfuse3-dev").splitlines() if "Packages" in line}
    signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    return "".join(f"deb-src {signed}{uri} {suite.replace('/', ' ')}\n" for uri, suite in sorted(places))
