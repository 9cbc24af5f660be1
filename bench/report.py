"""The report in Markdown: figures, CPU seconds, ratios with what is asked of them, and remarks."""

import os
import platform
import statistics
from dataclasses import dataclass

import goals
from packages import output
from row import PROCESSORS, Row

TITLES = {
    "upstream": "upstream itself",
    "passthrough": "passthrough_hp",
    "passthrough-xattrs": "passthrough_hp with extended attributes",
    "passthrough-ours": "passthrough_hp, our validities",
    "libfuse": "netcachefs, libfuse",
    "kernel": "netcachefs, kernel",
}

SPENT = ["", "per", "side", "all", "client's own code", "kernel for the client", "daemon's own code", "kernel for the daemon", "idle and others"]


@dataclass(frozen=True)
class Measured:
    """A row with its rounds' samples and what it remarks."""

    row: Row
    results: list
    remarks: list


def markdown(measured, upstream, options, load_before):
    names = [name for name in TITLES if any(name in each.row.sides for each in measured)]
    spent = [each for each in measured if each.row.per]
    parts = [
        _heading(upstream, options, load_before),
        _table("", ["", "", *(TITLES[name] for name in names)], [_figures(each, names) for each in measured]),
        _table("CPU seconds of client and daemon (of the daemon alone):", ["", "per", *(TITLES[name] for name in names)], [_cpu(each, names) for each in spent]),
        _table("Where the seconds of all processors went (medians):", SPENT, [line for each in spent for line in _spent(each)]),
        _table(
            "How many times as good (CPU: how many times as much), with the 90 % bootstrap interval. Of what is missing to a goal: the most that the programs' own code can be:",
            ["", "side", "against", "ratio", "goal", "", "own code"],
            [line for each in measured for line in _outcomes(each)],
        ),
        "\n".join(f"- {remark}" for each in measured for remark in each.remarks),
    ]
    return "\n\n".join(part for part in parts if part)


def _heading(upstream, options, load_before):
    kind = output("findmnt", "-n", "-o", "FSTYPE", "-T", upstream).strip()
    return (
        f"Upstream: {kind}{', ' + options.line if options.line else ''}{f', {options.round_trip:g} ms there and back' if options.round_trip else ''}. {PROCESSORS} processors, Linux {platform.release()}{', idle ones kept awake' if options.awake else ''}. "
        f"{options.rounds} rounds, medians. Load of the machine before: {load_before[0]:.1f}, after: {os.getloadavg()[0]:.1f}."
    )


def _table(title, head, lines):
    if not lines:
        return ""
    return (title and title + "\n\n") + "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *lines])


def _figures(each, names):
    medians = goals.medians(each.results, "figure")
    return [each.row.title, each.row.unit, *(_number(medians.get(name)) for name in names)]


def _cpu(each, names):
    cpu, daemon = goals.medians(each.results, "cpu"), goals.medians(each.results, "daemon.all")
    return [each.row.title, each.row.per, *(f"{_number(cpu[name])} ({_number(daemon[name])})" if name in cpu else "" for name in names)]


def _outcomes(each):
    for outcome in goals.outcomes(each.row, each.results):
        asked = outcome.comparison
        yield [
            each.row.title + (": daemon's CPU" if asked.cpu else ""),
            TITLES[asked.side],
            TITLES[asked.against],
            f"{_ratio(outcome.ratio)} [{_ratio(outcome.low)}, {_ratio(outcome.high)}]",
            asked.asked(),
            outcome.verdict,
            _own_part(outcome),
        ]


def _own_part(outcome):
    if outcome.verdict != "missed":
        return ""
    return "the median meets it" if outcome.own_part is None else f"{outcome.own_part:.0%}"


def _spent(each):
    for name in (name for name in TITLES if name in each.results[0]):
        samples = [result[name] for result in each.results]
        parts = zip(*((one.processors, one.client.own, one.client.kernel, one.daemon.own, one.daemon.kernel, one.idle) for one in samples), strict=True)
        yield [each.row.title, each.row.per, TITLES[name], *(_number(statistics.median(part)) for part in parts)]


def _ratio(value):
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def _number(value):
    """Three digits that count, and none lost before the point."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
