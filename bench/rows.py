"""All rows, in the order in which they run. What writes comes last: it empties the caches that reading has warmed."""

from read_rows import ListLong, Memory, RandomRead, SequentialRead, Start, Stat
from write_rows import SequentialWrite, Unpack

_KINDS = {
    **{f"sequential-{readers}": (SequentialRead, readers) for readers in (1, 4)},
    **{f"random-{threads}": (RandomRead, threads) for threads in (1, 4, 32)},
    **{f"stat-{threads}": (Stat, threads) for threads in (1, 2)},
    "ls": (ListLong, True),
    "ls-again": (ListLong, False),
    "memory": (Memory,),
    "start": (Start,),
    "write": (SequentialWrite,),
    "tar": (Unpack,),
}
NAMES = list(_KINDS)
WRITING = ("write", "tar")


def make(name, bench):
    """`bench` has what rows need: options, scratch, fixture, load and kinds of mounts."""
    kind, *details = _KINDS[name]
    row = kind(bench, *details)
    row.name = name
    return row


def sides(names):
    """The sides that these rows compare."""
    wanted = {side for name in names for side in _KINDS[name][0].sides}
    return [side for side in ("upstream", "passthrough", "passthrough-xattrs", "passthrough-ours", "libfuse", "kernel") if side in wanted]
