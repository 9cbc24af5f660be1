"""What a row is, and what one run of it gives."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cpu:
    """CPU seconds: of a program's own code (libraries, virtual machine and compiler included), and of the kernel on its behalf."""

    own: float
    kernel: float

    @property
    def all(self):
        return self.own + self.kernel

    def __sub__(self, other):
        return Cpu(self.own - other.own, self.kernel - other.kernel)

    def __truediv__(self, amount):
        return Cpu(self.own / amount, self.kernel / amount)


@dataclass(frozen=True)
class Sample:
    """The figure, in the row's unit; what all processors had, in seconds, and what client and daemon took of it, for each `per` of the row."""

    figure: float
    processors: float
    client: Cpu
    daemon: Cpu

    @property
    def cpu(self):
        return self.client.all + self.daemon.all

    @property
    def daemon_cpu(self):
        return self.daemon.all

    @property
    def daemon_own(self):
        return self.daemon.own

    @property
    def own(self):
        return self.client.own + self.daemon.own

    @property
    def idle(self):
        """And what others took, interrupts among them."""
        return self.processors - self.cpu


class Row:
    """The same work on each side. A run is what lies between `prepare` and `finish`, which are not measured."""

    sides = ("upstream", "passthrough", "passthrough-ours", "libfuse", "kernel")
    against = "passthrough"
    less_is_better = False
    per = None
    warm_up = 1  # rounds that do not count

    def begin(self, sides):
        """Before all rounds."""

    def end(self, sides):
        """After all rounds; sentences for the report."""
        return []

    def close(self):
        """Whatever happened since `begin`."""

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
