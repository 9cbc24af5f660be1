"""The bench's own programs in C."""

from pathlib import Path

from packages import install, run

HERE = Path(__file__).resolve().parent
PACKAGES = {"gcc": "gcc", "/usr/include/stdio.h": "libc6-dev"}


def compiled(name):
    """The program that `name`.c makes, compiled anew when that is newer."""
    install(PACKAGES)
    source, program = HERE / f"{name}.c", HERE / "target" / name
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        program.parent.mkdir(exist_ok=True)
        run("gcc", "-O2", "-Wall", "-Werror", "-pthread", "-o", program, source)
    return program
