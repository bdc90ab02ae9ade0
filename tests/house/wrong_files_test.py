#!/usr/bin/env python3
"""Wrong scenario files: the reader refuses every one of them with the words given here, and the JSON Schema refuses all
that a schema can.

    wrong_files_test.py PROGRAM

A schema knows no other part of the file, no arithmetic and nothing inside a string but its pattern. Where it has to let a
wrong file pass, the table says so with BEYOND_A_SCHEMA. Exit status 77: skipped, because a Python module is missing.
"""

import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCHEMA = ROOT / "scenarios/schema/faultline.schema.json"
SKIPPED = 77
BEYOND_A_SCHEMA = False
BY_SCHEMA = True
REMOVED = object()

RIGHT = {
    "faultline": 1,
    "nodes": {
        "users": {"type": "clients", "arrivals": "poisson(100/s)", "target": "app", "timeout": "1s"},
        "app": {"type": "app_server", "replicas": 2, "workers": 4,
                "endpoints": {"default": [{"type": "cache_aside", "cache": "cache", "store": "db"}]}},
        "cache": {"type": "cache", "capacity": 1000},
        "db": {"type": "database", "connections": 4, "service_time": "exponential(5ms)"},
    },
    "network": {"default_latency": "250us"},
    "faults": [{"at": "5s", "for": "1s", "fault": "crash(app[0])"}],
    "slos": [{"name": "fast", "good": "latency < 50ms", "target": "99%"}],
    "run": {"duration": "10s", "warmup": "1s", "seed": 1},
    "expect": ["requests.fail < 10"],
    "layout": {"app": [0, 0]},
}

# What is changed, to what, a piece of the line the reader says, and who refuses it.
WRONG = [
    ("faultline", REMOVED, "faultline: the format version is missing", BY_SCHEMA),
    ("faultline", 2, "faultline: expected format version 1, got 2", BY_SCHEMA),
    ("faultline", "1", "faultline: expected format version 1", BY_SCHEMA),
    ("nodes", REMOVED, "nodes: expected an object with at least one node", BY_SCHEMA),
    ("nodes", {}, "nodes: expected an object with at least one node", BY_SCHEMA),
    ("nods", {}, 'nods: unknown key; did you mean "nodes"?', BY_SCHEMA),
    ("nodes.app", [], "nodes.app: expected an object", BY_SCHEMA),
    ("nodes.app.type", "app_servr", 'unknown node type "app_servr"; did you mean "app_server"?', BY_SCHEMA),
    ("nodes.app.type", REMOVED, "nodes.app.type: the node's type is missing", BY_SCHEMA),
    ("nodes.app.wokers", 4, 'nodes.app.wokers: unknown parameter; did you mean "workers"?', BY_SCHEMA),
    ("nodes.app.replicas", 0, "nodes.app.replicas: expected at least 1, got 0", BY_SCHEMA),
    ("nodes.app.replicas", 1e9, "nodes.app.replicas: expected", BY_SCHEMA),
    ("nodes.app.replicas", 1.5, "nodes.app.replicas: expected a whole number", BY_SCHEMA),
    ("nodes.app.workers", "4", "nodes.app.workers: expected a whole number", BY_SCHEMA),
    ("nodes.app.workers", -1, "nodes.app.workers: expected at least 1, got -1", BY_SCHEMA),
    ("nodes.app.endpoints", {}, "nodes.app.endpoints: ", BY_SCHEMA),
    ("nodes.users.target", REMOVED, "nodes.users.target: ", BY_SCHEMA),
    ("nodes.users.timeout", 1, 'nodes.users.timeout: expected a duration with a unit such as "5ms", got 1', BY_SCHEMA),
    ("nodes.users.timeout", "1 parsec", "nodes.users.timeout: ", BY_SCHEMA),
    ("nodes.users.arrivals", "fish(100/s)", 'nodes.users.arrivals: ', BY_SCHEMA),
    ("nodes.users.reads", 0.95, "nodes.users.reads: expected a share", BY_SCHEMA),
    ("nodes.cache.capacity", 0, "nodes.cache.capacity: expected at least 1, got 0", BY_SCHEMA),
    ("nodes.cache.eviction", "lur", 'nodes.cache.eviction: ', BY_SCHEMA),
    ("nodes.cache.eviction", {"type": "clock", "counter_bits": 99}, "nodes.cache.eviction.counter_bits: ", BY_SCHEMA),
    ("faults", [{"at": "5s"}], "faults[0].fault: ", BY_SCHEMA),
    ("slos", [{"name": "fast", "good": "latency < 50ms", "target": 0.99}], "slos[0].target: expected a share", BY_SCHEMA),
    ("run.duration", "soon", "run.duration: ", BY_SCHEMA),
    ("run.seed", -1, "run.seed: expected at least 0, got -1", BY_SCHEMA),
    ("layout.app", [1], "layout.app: expected [x, y], got 1 numbers", BY_SCHEMA),
    # References, sums and the insides of strings.
    ("nodes.users.target", "ap", 'nodes.users.target: there is no node "ap"; did you mean "app"?', BEYOND_A_SCHEMA),
    ("nodes.users.target", "app[2]", 'nodes.users.target: there is no node "app[2]"', BEYOND_A_SCHEMA),
    ("nodes.users.target", "users", 'nodes.users.target: "users" takes no requests', BEYOND_A_SCHEMA),
    ("nodes.app.zone", "eu", 'nodes.app.zone: there is no zone "eu"', BEYOND_A_SCHEMA),
    ("nodes.app.endpoints", {"default": ["call(app)"]}, "a cycle of calls without end", BEYOND_A_SCHEMA),
    ("nodes.app.endpoints", {"default": ["cpu(5)"]}, "nodes.app.endpoints.default[0].time: ", BEYOND_A_SCHEMA),
    ("nodes.users.arrivals", "poisson(100)", "nodes.users.arrivals.rate: ", BEYOND_A_SCHEMA),
    ("nodes.users.timeout", "0s", "nodes.users.timeout: expected more than 0s", BEYOND_A_SCHEMA),
    ("run.warmup", "10s", "run.warmup: expected less than the duration 10s, got 10s", BEYOND_A_SCHEMA),
    ("expect", ["requests.fail = 0"], 'expect[0]: expected one of <, <=, >, >=, ==, !=, between, within, got "="',
     BEYOND_A_SCHEMA),
    ("slos", [{"name": "fast", "good": "latency < 50", "target": "99%"}], "slos[0].good: ", BEYOND_A_SCHEMA),
    ("layout.ap", [0, 0], 'layout.ap: there is no node "ap"', BEYOND_A_SCHEMA),
]

program = None  # given on the command line


def changed(path, value):
    """RIGHT with the value at `path` replaced or removed."""
    scenario = copy.deepcopy(RIGHT)
    *way, last = path.split(".")
    at = scenario
    for key in way:
        at = at[key]
    if value is REMOVED:
        del at[last]
    else:
        at[last] = value
    return scenario


def said_of(scenario, *options):
    """Exit status and output of `faultline validate`."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "scenario.json"
        file.write_text(json.dumps(scenario), encoding="utf-8")
        done = subprocess.run([program, "validate", file, *options], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60)
        return done.returncode, done.stdout + done.stderr


class WrongFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))

    def test_the_right_one_is_accepted(self):
        self.assertEqual(said_of(RIGHT)[0], 0, said_of(RIGHT)[1])
        self.assertEqual([error.message for error in self.validator.iter_errors(RIGHT)], [])

    def test_the_reader_refuses_them_all(self):
        for path, value, words, _ in WRONG:
            with self.subTest(path=path, value=value):
                status, text = said_of(changed(path, value))
                self.assertEqual(status, 2, text)
                self.assertIn(words, text)

    def test_the_reader_speaks_russian(self):
        # Every sentence ends in what is known or what was found; its own words are Russian.
        for path, value, _, _ in WRONG:
            with self.subTest(path=path, value=value):
                status, text = said_of(changed(path, value), "--lang", "ru")
                self.assertEqual(status, 2, text)
                self.assertRegex(text, "[а-яё]{2}")
                words = re.sub(r'"[^"]*"|`[^`]*`|известны: .*|одно из: .*', "", text)
                self.assertNotRegex(words, r"\b(expected|got|there is|unknown|known|did you|write|give)\b")

    def test_the_schema_refuses_what_a_schema_can(self):
        for path, value, _, refused in WRONG:
            with self.subTest(path=path, value=value):
                self.assertEqual(not self.validator.is_valid(changed(path, value)), refused)


def main():
    global program, jsonschema
    program = sys.argv[1]
    try:
        import jsonschema
    except ModuleNotFoundError:
        print("skipped: the Python module jsonschema is missing (Debian: python3-jsonschema)")
        sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0]])


if __name__ == "__main__":
    main()
