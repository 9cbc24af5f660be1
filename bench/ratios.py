"""The median of ratios, each taken within one round, and how sure it is."""

import random
import statistics

RESAMPLES = 10_000


def median_with_interval(ratios, confidence=0.90, seed=1):
    """The median and the ends of its bootstrap interval (percentile method, Efron 1979)."""
    draw = random.Random(seed)
    medians = sorted(
        statistics.median(draw.choices(ratios, k=len(ratios))) for _ in range(RESAMPLES)
    )
    tail = (1 - confidence) / 2
    low = medians[int(tail * RESAMPLES)]
    high = medians[int((1 - tail) * RESAMPLES) - 1]
    return statistics.median(ratios), low, high
