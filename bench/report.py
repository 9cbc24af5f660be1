"""The report in Markdown: figures, CPU seconds, ratios with what is asked of them, and remarks."""

import os
import platform
import statistics
from dataclasses import dataclass

import goals
from packages import output
from row import Row

TITLES = {
    "upstream": "upstream itself",
    "passthrough": "passthrough_hp",
    "passthrough-xattrs": "passthrough_hp with extended attributes",
    "passthrough-ours": "passthrough_hp, our validities",
    "libfuse": "netcachefs, libfuse",
    "kernel": "netcachefs, kernel",
}


@dataclass(frozen=True)
class Measured:
    """A row with its rounds' samples and what it remarks."""

    row: Row
    results: list
    remarks: list


def markdown(measured, upstream, options, load_before):
    names = [name for name in TITLES if any(name in each.row.sides for each in measured)]
    parts = [
        _heading(upstream, options, load_before),
        _table(["", "", *(TITLES[name] for name in names)], [_figures(each, names) for each in measured]),
        "CPU seconds of client and daemon (of the daemon alone):",
        _table(["", "per", *(TITLES[name] for name in names)], [_cpu(each, names) for each in measured if each.row.per]),
        "Where the processors' time went (all processors, means): the client's own code, the kernel for it, the daemon's own code, the kernel for it, idle and others:",
        _table(["", "per", "side", "all", "client", "kernel", "daemon", "kernel", "idle"], [line for each in measured if each.row.per for line in _spent(each)]),
        "How many times as good (CPU: how many times as much), with the 90 % bootstrap interval. Of what is missing to a goal: how much is not the programs' own code, but the kernel's or idle:",
        _table(["", "side", "against", "ratio", "goal", "", "not own code"], [line for each in measured for line in _outcomes(each)]),
        "\n".join(f"- {remark}" for each in measured for remark in each.remarks),
    ]
    return "\n\n".join(part for part in parts if part)


def _heading(upstream, options, load_before):
    kind = output("findmnt", "-n", "-o", "FSTYPE", "-T", upstream).strip()
    return (
        f"Upstream: {kind}{', ' + options.line if options.line else ''}{f', {options.round_trip:g} ms there and back' if options.round_trip else ''}. {os.cpu_count()} processors, Linux {platform.release()}{', idle ones kept awake' if options.awake else ''}. "
        f"{options.rounds} rounds, medians. Load of the machine before: {load_before[0]:.1f}, after: {os.getloadavg()[0]:.1f}."
    )


def _table(head, lines):
    if not lines:
        return ""
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *lines])


def _figures(each, names):
    medians = goals.medians(each.results, "figure")
    return [each.row.title, each.row.unit, *(_number(medians.get(name)) for name in names)]


def _cpu(each, names):
    cpu, daemon = goals.medians(each.results, "cpu"), goals.medians(each.results, "daemon_cpu")
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
            "" if outcome.not_own is None else f"{outcome.not_own:.0%}",
        ]


def _spent(each):
    for name in each.results[0]:
        samples = [result[name] for result in each.results]
        parts = [(sample.processors, sample.client.own, sample.client.kernel, sample.daemon.own, sample.daemon.kernel, sample.idle) for sample in samples]
        yield [each.row.title, each.row.per, TITLES[name], *(_number(statistics.mean(part)) for part in zip(*parts, strict=True))]


def _ratio(value):
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def _number(value):
    """Three digits that count, and none lost before the point."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
