#!/usr/bin/env python3
"""The parts of the bench script that need nothing to be measured."""

import io
import json
import pathlib
import stat
import sys
import tempfile
import unittest
from unittest import mock

from callgrind import PerRequest, Profile, layer_of
from output import Output, amount
from programs import BenchError, Failure, output_of, run_workload

# Two functions of ours, one with a library header inlined, one calling the other; one of libc.
COUNTS = """\
version: 1
positions: line
events: Ir

ob=(1) /tree/build/release/cli/faultline
fl=(1) /tree/sim/kernel/kernel.cpp
fn=(1) run
10 100
+2 20
fi=(2) /usr/include/c++/12/bits/stl_vector.h
5 7
fe=(3) /tree/sim/kernel/../measure/digest.hpp
8 3
fe=(1)
12 1
cfi=(4) /tree/models/algorithms/balancing/random.cpp
cfn=(2) pick
calls=4 30
* 5000
cob=(2) /lib/libc.so.6
cfi=(5) ./string/memcpy.S
cfn=(3) memcpy
calls=1 1
12 9000

fl=(4)
fn=(2)
30 50

ob=(2)
fl=(5)
fn=(3)
1 11
"""


class Counting(unittest.TestCase):
    def profile(self, text=COUNTS):
        return Profile("/tree").read(text.splitlines(keepends=True))

    def test_counts_what_each_place_executed_itself(self):
        # 100 + 20 + 1 in the file itself and 7 inlined into it; what was called counts where it is.
        self.assertEqual(dict(self.profile().cost), {
            ("sim/kernel/kernel.cpp", "run"): 128, ("sim/measure/digest.hpp", "run"): 3,
            ("models/algorithms/balancing/random.cpp", "pick"): 50,
            ("./string/memcpy.S", "memcpy"): 11})
        self.assertEqual(self.profile().total, 192)

    def test_names_the_layers(self):
        layers = {file: layer_of(file) for file in [
            "sim/kernel/kernel.cpp", "sim/random/keys/zipf.cpp", "models/serving/step.cpp",
            "models/algorithms/balancing/random.cpp", "models/service_time.hpp", "cli/main.cpp",
            "reports/html.cpp", "./string/memcpy.S", "/usr/include/x.h", ""]}
        self.assertEqual(list(layers.values()), [
            "kernel", "random", "models/serving", "models/algorithms/balancing", "models", "cli",
            "reports", "other", "other", "other"])

    def test_divides_what_the_longer_run_had_more(self):
        counted = PerRequest(self.profile(), self.profile(COUNTS.replace("30 50", "30 250")), 4)
        self.assertEqual(counted.total, 50)
        self.assertEqual(counted.layers["models/algorithms/balancing"], 50)
        self.assertEqual(counted.layers.get("kernel", 0), 0)
        with self.assertRaises(Failure):
            PerRequest(self.profile(), self.profile(), 0)


class Running(unittest.TestCase):
    def script(self, text):
        return [sys.executable, "-c", text]

    def test_reads_a_result(self):
        text = "print('hello'); print('RESULT units=10 cpu=0.5 check=1.01 peak_kb=42')"
        self.assertEqual(run_workload(self.script(text)), (10, 0.5, 1.01, 42))

    def test_a_program_that_fails_says_why(self):
        with self.assertRaisesRegex(Failure, "exit status 7: no such queue"):
            output_of(self.script("import sys; print('no such queue'); sys.exit(7)"))
        with self.assertRaisesRegex(Failure, "it printed no result"):
            run_workload(self.script("print('RESULT units=')"))
        with self.assertRaisesRegex(Failure, "No such file"):
            output_of(["./there is no such program"])


class Writing(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_rates_are_short(self):
        self.assertEqual([amount(rate) for rate in [12_345_678, 54_321, 7.5, 2e9]],
                         ["12.3 M", "54.3 k", "7.5", "2 G"])

    def test_the_file_appears_whole_under_its_name(self):
        file = self.folder / "out.json"
        with Output(str(file)) as output:
            self.assertFalse(file.exists())
            output.finish({"a": 1})
        self.assertEqual(json.loads(file.read_text()), {"a": 1})
        self.assertEqual(list(self.folder.iterdir()), [file])
        self.assertTrue(stat.S_IMODE(file.stat().st_mode) & stat.S_IRUSR)

    def test_nothing_is_left_when_it_does_not_come_to_the_end(self):
        file = self.folder / "out.json"
        file.write_text("before")
        with self.assertRaises(ZeroDivisionError), Output(str(file)):
            raise ZeroDivisionError
        self.assertEqual(list(self.folder.iterdir()), [file])
        self.assertEqual(file.read_text(), "before")

    def test_what_cannot_be_written_is_known_at_once(self):
        for name, why in {"no/such/out.json": "No such file or directory", ".": "Is a directory",
                          "file/out.json": "Not a directory"}.items():
            (self.folder / "file").touch()
            path = self.folder / name
            with self.assertRaisesRegex(BenchError, f"cannot write .*: {why}"), Output(str(path)):
                self.fail("it went on")

    def test_on_standard_output_the_json_is_alone(self):
        with mock.patch("sys.stdout", io.StringIO()) as out, mock.patch("sys.stderr", io.StringIO()):
            with Output("-") as output:
                output.line("a table")
                output.finish({"a": 1})
        self.assertEqual(json.loads(out.getvalue()), {"a": 1})


if __name__ == "__main__":
    unittest.main()
