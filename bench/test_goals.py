"""What the report says of a goal that is missed."""

import unittest

from goals import Comparison
from ratios import median_with_interval
from row import Cpu, Sample


def sample(elapsed, own=0.0, kernel=0.0):
    return Sample(1 / elapsed, elapsed, Cpu(0, 0), Cpu(own, kernel))


def results(ours, theirs):
    return [{"kernel": ours, "passthrough": theirs}] * 3


class OwnPart(unittest.TestCase):
    speed = Comparison("random-1", "kernel", "passthrough", 1.0)
    cpu = Comparison("sequential-1", "kernel", "passthrough", 1.1, cpu=True)

    def test_all_of_it_is_own_code(self):
        self.assertAlmostEqual(self.speed.own_part(results(sample(15, own=6), sample(10, own=1))), 1)

    def test_none_of_it_is_own_code(self):
        self.assertAlmostEqual(self.speed.own_part(results(sample(15, own=1, kernel=9), sample(10, own=1, kernel=4))), 0)
        self.assertEqual(self.speed.own_part(results(sample(15, own=1), sample(10, own=3))), 0)

    def test_idle_is_not_own_code_however_many_processors_there_are(self):
        self.assertAlmostEqual(self.speed.own_part(results(sample(20, own=2), sample(10, own=0))), 0.2)

    def test_what_the_goal_allows_is_not_missing(self):
        more = Comparison("random-1", "kernel", "passthrough", 2.0)
        self.assertAlmostEqual(more.own_part(results(sample(10, own=3), sample(10, own=2))), (3 - 2 / 2) / (10 - 10 / 2))

    def test_medians_reach_the_goal(self):
        self.assertIsNone(self.speed.own_part(results(sample(10), sample(10))))

    def test_cpu(self):
        self.assertAlmostEqual(self.cpu.own_part(results(sample(1, own=2, kernel=3.3), sample(1, own=1, kernel=3))), (2 - 1.1) / (5.3 - 4.4))


class Verdict(unittest.TestCase):
    def test_the_worse_end_decides(self):
        speed, cpu = OwnPart.speed, OwnPart.cpu
        self.assertEqual((speed.verdict(0.95, 2), speed.verdict(0.94, 2)), ("met", "missed"))
        self.assertEqual((cpu.verdict(0.1, 1.15), cpu.verdict(0.1, 1.16)), ("met", "missed"))
        self.assertEqual(Comparison("ls", "kernel", "passthrough").verdict(0, 0), "")

    def test_interval_holds_the_median(self):
        median, low, high = median_with_interval([1.0, 1.1, 1.2, 1.3, 9.0])
        self.assertEqual(median, 1.2)
        self.assertTrue(1.0 <= low <= median <= high <= 9.0)


if __name__ == "__main__":
    unittest.main()
