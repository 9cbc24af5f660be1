"""What a row is, and what one run of it gives."""

import os
import statistics
from dataclasses import dataclass

PROCESSORS = len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Cpu:
    """CPU seconds: of a program's own code (libraries, virtual machine and compiler included), and of the kernel on its behalf."""

    own: float
    kernel: float

    @property
    def all(self):
        return self.own + self.kernel

    @classmethod
    def mean(cls, several):
        return cls(statistics.fmean(cpu.own for cpu in several), statistics.fmean(cpu.kernel for cpu in several))

    def __sub__(self, other):
        return Cpu(self.own - other.own, self.kernel - other.kernel)

    def __truediv__(self, amount):
        return Cpu(self.own / amount, self.kernel / amount)


@dataclass(frozen=True)
class Sample:
    """The figure, in the row's unit; for each `per` of the row the seconds it took, and what client and daemon had of the processors."""

    figure: float
    elapsed: float
    client: Cpu
    daemon: Cpu

    @property
    def cpu(self):
        return self.client.all + self.daemon.all

    @property
    def own(self):
        return self.client.own + self.daemon.own

    @property
    def processors(self):
        """Seconds that all of them had."""
        return self.elapsed * PROCESSORS

    @property
    def idle(self):
        """And what others took, interrupts among them."""
        return max(0, self.processors - self.cpu)


class Row:
    """The same work on each side. A run is what lies between `prepare` and `finish`, which are not measured."""

    sides = ("upstream", "passthrough", "passthrough-ours", "libfuse", "kernel")
    against = "passthrough"
    less_is_better = False
    per = None
    turns = 1  # runs of each side in a round
    warm_up = 1  # rounds that do not count

    def begin(self, sides):
        """Before all rounds."""

    def end(self, sides):
        """After all rounds; sentences for the report."""
        return []

    def prepare(self, side):
        pass

    def run(self, side):
        """The figure, and how many times `per` was done."""
        raise NotImplementedError

    def finish(self, side):
        pass

    def cpu(self, side):
        """Of the daemon whose work is measured, so far."""
        return side.cpu()

    def ratio(self, result, side, against):
        """How many times as good the side was as the other in one round, by sides' samples."""
        ours, other = result[side].figure, result[against].figure
        return other / ours if self.less_is_better else ours / other
