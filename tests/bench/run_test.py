#!/usr/bin/env python3
"""The whole bench, quick: it works and writes what it promises. No time is judged.

    run_test.py BUILD_DIR
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

RUN = pathlib.Path(__file__).resolve().parent / "run.py"
BUILD_DIR = None


def bench(*arguments):
    return subprocess.run([sys.executable, "-B", RUN, "--no-build", "--build-dir", BUILD_DIR, *arguments],
                          capture_output=True, text=True, check=False)


class Bench(unittest.TestCase):
    def test_prints_a_table_and_writes_the_numbers(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "bench.json"
            done = bench("--quick", "--json", str(file))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            report = json.loads(file.read_text(encoding="utf-8"))
        for size in ["100", "10000", "1000000"]:
            self.assertGreater(report["hold"][size]["ours"], 0)
            self.assertGreater(report["hold"][size]["floor_pq"], 0)
        self.assertGreater(report["w3"]["ours"], 0)
        self.assertGreater(report["w3"]["floor_cal"], 0)
        for peer in ["ns3", "simpy", "simgrid"]:
            self.assertIn(peer, report["w3"])
        self.assert_instructions(report, done.stdout)
        for title in ["hold, 1,000,000 pending", "three tiers", "  faultline", "  floor: priority queue"]:
            self.assertIn(title, done.stdout)

    def assert_instructions(self, report, table):
        count = report["instructions_per_request"]["three_tier"]
        if count is None:
            self.assertIn("install valgrind", table)
            return
        # No simulator needs less for a dozen events, and ten times what it needs today is a mistake.
        self.assertTrue(300 < count < 100_000, count)
        # Patience, two retries and a breaker on every hop cost at most 1.6 times the plain run.
        plain, resilient = (report["instructions_per_request"][name] for name in ("w3_plain", "w3_resilient"))
        self.assertTrue(plain < resilient < 1.6 * plain, (plain, resilient))
        # Event loops with callbacks that cost are simulated in at most 1.3 times what threads take.
        threads, loops = (report["instructions_per_request"][name] for name in ("w3_threads", "w3_event_loop"))
        self.assertTrue(plain < threads < loops < 1.3 * threads, (plain, threads, loops))
        # A history of all that the users do, or of all transactions, costs at most 15 % of what simulating them does; and something, or none
        # was recorded.
        for name in ("three_tier_history", "cap_raft", "cap_causal", "transactions"):
            plain, recorded = (report["instructions_per_request"][f"{name}_{kind}"] for kind in ("plain", "recorded"))
            self.assertTrue(1.002 * plain < recorded < 1.15 * plain, (name, plain, recorded))
            self.assertRegex(table, rf"  {name} +\d+ +\d+ +\+\d+\.\d %")
        layers = report["instructions_by_layer"]["three_tier"]
        self.assertAlmostEqual(sum(layers.values()), count, delta=0.01 * count)
        for layer in ["kernel", "network", "random", "measure", "models/serving", "models/algorithms/balancing"]:
            self.assertGreater(layers[layer], 0)

    def test_a_file_that_cannot_be_written_is_an_error_at_once(self):
        done = bench("--json", "/no/such/folder/bench.json")
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertEqual(done.stderr, "bench: cannot write /no/such/folder/bench.json: No such file or directory\n")

    def test_wrong_usage_is_told(self):
        for arguments in [["--rounds", "0"], ["--rounds", "many"], ["--what"], ["extra"]]:
            done = bench(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)


if __name__ == "__main__":
    BUILD_DIR = sys.argv.pop(1)
    unittest.main()
