"""Runs a row: all its sides back to back in each round."""

import resource
import statistics
import sys
import time

from row import Cpu, Sample


def measured(row, side):
    row.prepare(side)
    begun, clients, daemon = time.monotonic(), _children_cpu(), row.cpu(side)
    try:
        figure, amount = row.run(side)
        daemon = row.cpu(side) - daemon
        clients = _children_cpu() - clients
        elapsed = time.monotonic() - begun
    finally:
        row.finish(side)
    return Sample(figure, elapsed / amount, clients / amount, daemon / amount)


def ordered(sides, number):
    """Each side goes through all places, and each order is followed by its reverse."""
    turn = number // 2 % len(sides)
    order = sides[turn:] + sides[:turn]
    return order if number % 2 == 0 else order[::-1]


def one_round(row, sides, number):
    """A dictionary: side's name -> sample. All sides run as often as the row says, in turn, so that a slow moment of the machine is nobody's own."""
    samples = {side.name: [] for side in sides}
    for turn in range(row.turns):
        for side in ordered(sides, number * row.turns + turn):
            samples[side.name].append(measured(row, side))
    return {name: together(row, each) for name, each in samples.items()}


def together(row, samples):
    """Runs that did the same amount of work each, as one."""
    mean = statistics.fmean if row.less_is_better else statistics.harmonic_mean
    return Sample(
        mean(sample.figure for sample in samples),
        statistics.fmean(sample.elapsed for sample in samples),
        Cpu.mean([sample.client for sample in samples]),
        Cpu.mean([sample.daemon for sample in samples]),
    )


def results(row, sides, count):
    """A dictionary a round: side's name -> sample. The first rounds, which warm things up, do not count."""
    rounds = []
    for number in range(1 - row.warm_up, count + 1):
        result = one_round(row, sides, number)
        if number > 0:
            rounds.append(result)
            print(f"{row.name} {number}: " + ", ".join(f"{side.name} {result[side.name].figure:.4g}" for side in sides) + f" {row.unit}", file=sys.stderr)
    return rounds


def _children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cpu(used.ru_utime, used.ru_stime)
