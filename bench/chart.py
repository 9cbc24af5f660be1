"""The chart: each row's sides as multiples of the side they are compared with, and the goals."""

import goals
import report
from packages import install
from ratios import median_with_interval

PACKAGES = {"/usr/lib/python3/dist-packages/matplotlib": "python3-matplotlib"}
COLOURS = {"upstream": "#9aa0a6", "passthrough": "#b7c9a8", "passthrough-ours": "#e3bd78", "libfuse": "#7fb3d5", "kernel": "#1f5fa8"}
BAR = 0.16  # of the distance of two rows


def draw(measured, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(11, 1.2 + 0.95 * len(measured)), layout="constrained")
    for place, each in enumerate(measured):
        _bars(axes, place, each)
        _goals(axes, place, each)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.3g}×")
    axes.set_yticks(range(len(measured)), [f"{each.row.title.replace('`', '')}\nagainst {report.TITLES[each.row.against]}" for each in measured], fontsize=8)
    axes.invert_yaxis()
    axes.grid(axis="x", linewidth=0.3)
    axes.set_xlabel("times as good (right is better); lines: 90 % bootstrap interval; marks: goals")
    _legend(axes, measured)
    figure.savefig(path, dpi=110)


def _bars(axes, place, each):
    sides = _sides(each)
    for index, name in enumerate(sides):
        ratio, low, high = median_with_interval([each.row.ratio(result, name, each.row.against) for result in each.results])
        at = place + (index - (len(sides) - 1) / 2) * BAR
        axes.barh(at, ratio - 1, left=1, height=BAR * 0.9, color=COLOURS[name], xerr=[[ratio - low], [high - ratio]], error_kw={"linewidth": 0.8})
        axes.annotate(f"{ratio:.2f}", (max(high, 1), at), xytext=(3, 0), textcoords="offset points", va="center", fontsize=6)


def _sides(each):
    return [name for name in COLOURS if name in each.row.sides and name != each.row.against]


def _goals(axes, place, each):
    for asked in goals.COMPARISONS:
        if asked.row == each.row.name and asked.against == each.row.against and asked.goal is not None and not asked.cpu:
            axes.plot([asked.goal], [place + 2.4 * BAR], marker="^", color="crimson", markersize=4, zorder=3)


def _legend(axes, measured):
    from matplotlib.patches import Patch

    shown = [name for name in COLOURS if any(name in _sides(each) for each in measured)]
    axes.legend(handles=[Patch(color=COLOURS[name], label=report.TITLES[name]) for name in shown], loc="lower right", fontsize=8)


def install_what_it_needs():
    install(PACKAGES)
