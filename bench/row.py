"""What a row is, and what one run of it gives."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """The figure, in the row's unit; CPU seconds of client and daemon, and of the daemon alone, for each `per` of the row."""

    figure: float
    cpu: float
    daemon_cpu: float


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

    def cpu_seconds(self, side):
        """Of the daemon whose work is measured."""
        return side.cpu_seconds()

    def ratio(self, result, side, against):
        """How many times as good the side was as the other in one round, by sides' samples."""
        ours, other = result[side].figure, result[against].figure
        return other / ours if self.less_is_better else ours / other
