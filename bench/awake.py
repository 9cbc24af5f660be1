"""Keeps processors from halting at once when idle. In a virtual machine it is the host that wakes a halted one, which may take longer than all
that a daemon does for a request; a round then tells where the scheduler happened to put the threads. See docs/design/0009."""

import contextlib
import sys
from pathlib import Path

POLLING = Path("/sys/module/haltpoll/parameters/guest_halt_poll_ns")
NANOS = "200000"


@contextlib.contextmanager
def awake():
    """For as long as the context lasts; as it was before, afterwards."""
    if not POLLING.exists():
        sys.exit(f"bench: --awake: no {POLLING}, as this is not a virtual machine of KVM or its kernel has no haltpoll")
    before = POLLING.read_text()
    POLLING.write_text(NANOS)
    try:
        yield
    finally:
        POLLING.write_text(before)
