"""What the runs of a round come to."""

import unittest
from types import SimpleNamespace

from rounds import one_round
from row import Cpu, Row


class Recorded(Row):
    """Runs take the seconds given, of CPU as well."""

    turns = 2

    def __init__(self, seconds):
        self._seconds = iter(seconds)
        self._used = 0.0
        self.order = []

    def run(self, side):
        self.order.append(side.name)
        took = next(self._seconds)
        self._used += took
        return 1 / took, 1

    def cpu(self, side):
        return Cpu(self._used, 2 * self._used)


class Round(unittest.TestCase):
    sides = [SimpleNamespace(name=name) for name in "ab"]

    def test_each_order_is_followed_by_its_reverse(self):
        row = Recorded([1] * 8)
        for number in range(2):
            one_round(row, self.sides, number)
        self.assertEqual("".join(row.order), "abbabaab")

    def test_runs_of_a_side_are_one_sample(self):
        samples = one_round(Recorded([1, 2, 4, 3]), self.sides, 0)
        self.assertAlmostEqual(samples["a"].figure, 2 / (1 + 3))
        self.assertAlmostEqual(samples["b"].figure, 2 / (2 + 4))
        self.assertEqual(samples["a"].daemon, Cpu(2, 4))

    def test_where_less_is_better_figures_are_averaged(self):
        row = Recorded([1, 1, 0.25, 0.5])
        row.less_is_better = True
        self.assertAlmostEqual(one_round(row, self.sides, 0)["a"].figure, (1 + 2) / 2)


if __name__ == "__main__":
    unittest.main()
