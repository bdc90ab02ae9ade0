#!/usr/bin/env python3
"""The layers of docs/architecture.md, kept by reading every include line."""

import pathlib
import re
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

# Folder -> the folders of the project that its files may include. The longest matching folder decides.
MAY_INCLUDE = {
    "sim": ["sim"],
    "models": ["models", "sim"],
    "models/algorithms": ["models/algorithms", "sim/param", "sim/registry"],
    "reports": ["reports", "sim"],
    "cli": ["cli", "reports", "models", "sim"],
    "gui": ["gui", "reports", "models", "sim"],
    "tests": ["tests", "reports", "models", "sim"],
    "tests/cli": ["tests", "cli", "reports", "models", "sim"],
    "tests/gui": ["tests", "gui", "reports", "models", "sim"],
}
LAYERS = ["sim", "models", "reports", "cli", "gui"]

# Third-party header -> the only folders whose files may include it.
ONLY_IN = {
    re.compile(r"boost/graph/"): ["sim/network", "sim/measure", "tests"],
    re.compile(r"Eigen/"): ["sim/measure", "sim/experiment", "tests"],
    re.compile(r"CLI/"): ["cli"],
    re.compile(r"Q[A-Z]|Qt|qcustomplot"): ["gui", "tests/gui"],
}


def below(path, folder):
    return path == folder or path.startswith(folder + "/")


def rule_for(path):
    matching = [folder for folder in MAY_INCLUDE if below(path, folder)]
    return MAY_INCLUDE[max(matching, key=len)]


def sources(root):
    for layer in [*LAYERS, "tests"]:
        for file in sorted((root / layer).rglob("*")):
            if file.suffix in (".cpp", ".hpp"):
                yield file


def includes(file):
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if match:
            yield number, match[1]


def violations(root):
    """One line of text for each include that breaks a rule."""
    found = []
    command_line_files = set()
    for file in sources(root):
        path = file.relative_to(root).as_posix()
        for number, header in includes(file):
            place = f"{path}:{number}: {header}"
            if header.split("/")[0] in [*LAYERS, "tests"] and "/" in header:
                allowed = rule_for(path)
                if not any(below(header, folder) for folder in allowed):
                    found.append(f"{place}: files here may include only {', '.join(allowed)}")
            for pattern, folders in ONLY_IN.items():
                if pattern.match(header) and not any(below(path, folder) for folder in folders):
                    found.append(f"{place}: stays in {', '.join(folders)}")
            if header == "nlohmann/json.hpp" and file.suffix == ".hpp" and not below(path, "tests"):
                found.append(f"{place}: headers include <nlohmann/json_fwd.hpp>")
            if header.startswith("CLI/"):
                command_line_files.add(path)
                if file.suffix == ".hpp":
                    found.append(f"{place}: stays out of headers")
    if len(command_line_files) > 1:
        found.append(f"CLI11 stays in one file, not in {', '.join(sorted(command_line_files))}")
    return found


class TheTree(unittest.TestCase):
    def test_keeps_its_layers(self):
        self.assertEqual(violations(ROOT), [])

    def test_has_sources_to_read(self):
        self.assertGreater(len(list(sources(ROOT))), 5)


class TheRules(unittest.TestCase):
    """A check that cannot fail checks nothing: each rule against a small tree that breaks it, and one that keeps it."""

    def found_in(self, **files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            return violations(root)

    def assert_refused(self, path, header):
        found = self.found_in(**{path: f"#pragma once\n#include <{header}>\n"})
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f"{path}:2: {header}: "), found)

    def assert_accepted(self, path, header):
        self.assertEqual(self.found_in(**{path: f'#  include "{header}"\n'}), [])

    def test_the_engine_knows_no_other_layer(self):
        for header in ["models/caching/cache.hpp", "reports/html.hpp", "cli/options.hpp", "gui/window.hpp"]:
            self.assert_refused("sim/kernel/process.cpp", header)
        self.assert_accepted("sim/kernel/process.cpp", "sim/param/units.hpp")

    def test_algorithms_know_parameters_and_the_registry_only(self):
        for header in ["sim/kernel/time.hpp", "sim/scenario/result.hpp", "models/caching/cache.hpp"]:
            self.assert_refused("models/algorithms/eviction/lru.cpp", header)
        for header in ["sim/param/param.hpp", "sim/registry/registry.hpp", "models/algorithms/eviction/eviction.hpp"]:
            self.assert_accepted("models/algorithms/eviction/lru.cpp", header)

    def test_components_know_the_engine_and_the_algorithms(self):
        self.assert_refused("models/caching/cache.cpp", "reports/html.hpp")
        self.assert_accepted("models/caching/cache.cpp", "models/algorithms/eviction/eviction.hpp")

    def test_reports_know_the_engine_only(self):
        self.assert_refused("reports/html.cpp", "models/caching/cache.hpp")
        self.assert_accepted("reports/html.cpp", "sim/scenario/result.hpp")

    def test_nothing_includes_a_program(self):
        for path in ["models/caching/cache.cpp", "reports/html.cpp", "gui/main.cpp", "tests/sim/a_test.cpp"]:
            self.assert_refused(path, "cli/options.hpp")
        for path in ["cli/main.cpp", "tests/sim/a_test.cpp"]:
            self.assert_refused(path, "gui/document/document.hpp")
        self.assert_accepted("tests/cli/options_test.cpp", "cli/options.hpp")

    def test_third_party_headers_stay_where_they_are_used(self):
        self.assert_refused("sim/scenario/system.cpp", "boost/graph/adjacency_list.hpp")
        self.assert_accepted("sim/network/routes.cpp", "boost/graph/adjacency_list.hpp")
        self.assert_refused("models/caching/che.cpp", "Eigen/Dense")
        self.assert_accepted("sim/measure/theory.cpp", "Eigen/Dense")
        for header in ["QString", "QtCore/QString"]:
            self.assert_refused("reports/pdf.cpp", header)
            self.assert_accepted("gui/main.cpp", header)

    def test_json_stays_out_of_headers(self):
        self.assert_refused("sim/scenario/result.hpp", "nlohmann/json.hpp")
        self.assert_accepted("sim/scenario/result.cpp", "nlohmann/json.hpp")

    def test_the_command_line_library_stays_in_one_file(self):
        self.assert_refused("reports/console.cpp", "CLI/CLI.hpp")
        self.assert_refused("cli/options.hpp", "CLI/CLI.hpp")
        self.assert_accepted("cli/main.cpp", "CLI/CLI.hpp")
        twice = {"cli/main.cpp": "#include <CLI/CLI.hpp>\n", "cli/run.cpp": "#include <CLI/CLI.hpp>\n"}
        self.assertEqual(self.found_in(**twice), ["CLI11 stays in one file, not in cli/main.cpp, cli/run.cpp"])


if __name__ == "__main__":
    unittest.main()
