#!/usr/bin/env python3
"""All scenarios of the tree against the program's reader and against the JSON Schema.

    scenarios_test.py reader PROGRAM       `faultline validate` finds no problem in any of them
    scenarios_test.py schema               the schema in the tree accepts them, and refuses what has a wrong key
    scenarios_test.py comments             how comments are taken out of a file, which JSON does not have

Exit status 77: skipped, because a Python module is missing.
"""

import copy
import json
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCHEMA = ROOT / "scenarios/schema/faultline.schema.json"
SKIPPED = 77

program = None  # given on the command line


def scenarios():
    folder = ROOT / "scenarios"
    return [file for file in sorted(folder.rglob("*.json")) if SCHEMA.parent not in file.parents]


def without_comments(text):
    """The text with // and /* */ comments outside of strings made blank; lines and columns stay."""
    token = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)

    def blank(match):
        return match[0] if match[0][0] == '"' else re.sub(r"[^\n]", " ", match[0])

    return token.sub(blank, text)


def load(file):
    return json.loads(without_comments(file.read_text(encoding="utf-8")))


class reader(unittest.TestCase):
    def test_finds_no_problem_in_any_scenario(self):
        files = scenarios()
        self.assertTrue(files, "no scenario in the tree")
        done = subprocess.run([program, "validate", *files], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.schema = load(SCHEMA)
        cls.validator = jsonschema.Draft202012Validator(cls.schema)

    def problems(self, scenario):
        return [f"{error.json_path}: {error.message[:300]}" for error in self.validator.iter_errors(scenario)]

    def test_is_a_schema_of_draft_2020_12(self):
        jsonschema.Draft202012Validator.check_schema(self.schema)
        self.assertEqual(self.schema["$schema"], "https://json-schema.org/draft/2020-12/schema")

    def test_accepts_every_scenario(self):
        self.assertTrue(scenarios(), "no scenario in the tree")
        for file in scenarios():
            with self.subTest(file=file.relative_to(ROOT).as_posix()):
                self.assertEqual(self.problems(load(file)), [])

    def test_refuses_unknown_keys_and_types(self):
        for file in scenarios():
            scenario = load(file)
            node = next(iter(scenario["nodes"]))
            for change in [{"no_such_key": 1}, {"nodes": {node: {"no_such_key": 1}}},
                           {"nodes": {node: {"type": "no_such_type"}}}]:
                with self.subTest(file=file.relative_to(ROOT).as_posix(), change=change):
                    self.assertNotEqual(self.problems(merged(scenario, change)), [])


def merged(value, change):
    """`value` with the members of `change` put in, objects within objects likewise."""
    value = copy.deepcopy(value)
    for key, new in change.items():
        value[key] = merged(value[key], new) if isinstance(new, dict) and key in value else new
    return value


class comments(unittest.TestCase):
    def test_are_made_blank(self):
        self.assertEqual(without_comments('{"a": 1, // one\n /* two\n */ "b": 2}'),
                         '{"a": 1,       \n       \n    "b": 2}')

    def test_stay_inside_strings(self):
        text = r'{"a": "http://x/*y*/", "b\"//": "\\"}'
        self.assertEqual(without_comments(text), text)
        self.assertEqual(json.loads(without_comments(r'{"b": "\\" // "x"' + "\n}")), {"b": "\\"})

    def test_merged_changes_a_copy(self):
        value = {"a": {"b": 1}}
        self.assertEqual(merged(value, {"a": {"c": 2}}), {"a": {"b": 1, "c": 2}})
        self.assertEqual(value, {"a": {"b": 1}})


def main():
    global program, jsonschema
    what, *rest = sys.argv[1:]
    if what == "reader":
        program = rest[0]
    if what == "schema":
        try:
            import jsonschema
        except ModuleNotFoundError:
            print("skipped: the Python module jsonschema is missing (Debian: python3-jsonschema)")
            sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0], what])


if __name__ == "__main__":
    main()
