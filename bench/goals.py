"""Which sides are compared, and what is asked of them: the goals of the kernel transport."""

import statistics
from dataclasses import dataclass
from operator import attrgetter

from ratios import median_with_interval

TOLERANCE = 0.05
READS = ("sequential-1", "sequential-4", "random-1", "random-4", "random-32", "stat-1", "stat-2", "ls", "ls-again", "memory", "start")
WRITES = ("write", "tar")


@dataclass(frozen=True)
class Comparison:
    """Of two sides in one row: how many times as good, or (`cpu`) how many times the daemon's CPU; there less is asked."""

    row: str
    side: str
    against: str
    goal: float | None = None
    cpu: bool = False

    def ratios(self, row, results):
        if self.cpu:
            return [result[self.side].daemon.all / result[self.against].daemon.all for result in results]
        return [row.ratio(result, self.side, self.against) for result in results]

    def own_part(self, results):
        """Which part of what is missing to the goal, or too much, the programs' own code may be: as if nothing ever ran beside it. None if nothing is, by the medians."""
        missing = self._excess(results, attrgetter("daemon.all" if self.cpu else "elapsed"))
        own = self._excess(results, attrgetter("daemon.own" if self.cpu else "own"))
        return max(0, own / missing) if missing > 0 else None

    def _excess(self, results, part):
        """Over what the other side takes, and the goal allows, in the same round."""
        allowed = self.goal if self.cpu else 1 / self.goal
        return statistics.median(part(result[self.side]) - allowed * part(result[self.against]) for result in results)

    def asked(self):
        return "" if self.goal is None else f"{'≤' if self.cpu else '≥'} {self.goal:g}"

    def verdict(self, low, high):
        """The end of the interval that is worse decides, with some tolerance."""
        if self.goal is None:
            return ""
        met = high <= self.goal + TOLERANCE if self.cpu else low >= self.goal - TOLERANCE
        return "met" if met else "missed"


def _against_passthrough(goals):
    return [Comparison(row, "kernel", against, goals.get(row)) for row in READS for against in ("passthrough", "passthrough-ours")]


def _all():
    passthrough = {"random-1": 1.1, "random-4": 1.1, "random-32": 1.3}
    passthrough |= dict.fromkeys(("sequential-1", "sequential-4", "stat-1", "stat-2"), 1.0)
    libfuse = {"random-1": 1.3, "random-4": 1.3, "random-32": 1.3, "ls": 2.0}
    return [
        *_against_passthrough(passthrough),
        *(Comparison(row, "kernel", "passthrough-xattrs", goal) for row, goal in (("ls", 1.5), ("ls-again", None))),
        *(Comparison(row, "kernel", "passthrough", 1.1, cpu=True) for row in ("sequential-1", "sequential-4")),
        *(Comparison(row, "kernel", "libfuse", libfuse.get(row)) for row in READS),
        *(Comparison(row, "kernel", "upstream", 0.9) for row in WRITES),
        *(Comparison(row, "libfuse", "upstream", goal) for row, goal in (("write", 0.9), ("tar", 0.8))),
    ]


COMPARISONS = _all()


@dataclass(frozen=True)
class Outcome:
    comparison: Comparison
    ratio: float
    low: float
    high: float
    verdict: str
    own_part: float | None


def outcomes(row, results):
    """The comparisons of one row."""
    return [_outcome(each, row, results) for each in COMPARISONS if each.row == row.name]


def _outcome(comparison, row, results):
    ratio, low, high = median_with_interval(comparison.ratios(row, results))
    verdict = comparison.verdict(low, high)
    return Outcome(comparison, ratio, low, high, verdict, comparison.own_part(results) if verdict == "missed" else None)


def medians(results, field):
    """By side."""
    return {side: statistics.median(attrgetter(field)(result[side]) for result in results) for side in results[0]}
