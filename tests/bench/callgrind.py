"""Instructions of a scenario, counted by valgrind's callgrind and told apart by source file.

Instruction counts hardly depend on the machine's load, so they show small differences that times do
not. Two runs of different length are compared: what the program needs to start and to write its
result falls out of the difference.
"""

import collections
import pathlib
import re
import tempfile

from programs import ROOT, RUN_IS_DONE, Failure, output_of, scenario_command

NAME = re.compile(r"\((\d+)\)(?: (.*))?$")


class Profile:
    """Instructions executed in each place: (source file, function) -> count.

    A file of ours counts as it is. What is inlined from a library header counts for the file of the
    function it is inlined into.
    """

    def __init__(self, root):
        self.root = root
        self.cost = collections.Counter()

    @property
    def total(self):
        return sum(self.cost.values())

    def read(self, lines):
        """Adds what a callgrind.out file holds."""
        files, functions = {}, {}
        own_file = file = function = ""
        skip = False  # the line after calls= holds the cost of the callee, which counts there
        for line in lines:
            first = line[:1]
            if first.isdigit() or first in "+-*":
                if skip:
                    skip = False
                    continue
                parts = line.split()
                if len(parts) > 1:
                    self.cost[self._place(file, own_file), function] += int(parts[1])
                continue
            key, equals, value = line.rstrip("\n").partition("=")
            if not equals:
                continue
            if key in ("fl", "fi", "fe", "cfi", "cfl"):
                name = self._name(files, value)
                if key == "fl":
                    own_file = file = name
                elif key in ("fi", "fe"):
                    file = name
            elif key in ("fn", "cfn"):
                name = self._name(functions, value)
                if key == "fn":
                    function = name
                    file = own_file
            elif key == "calls":
                skip = True
        return self

    @staticmethod
    def _name(known, text):
        """Names are written once, with a number that stands for them from then on."""
        match = NAME.match(text)
        if not match:
            return text
        if match[2] is not None:
            known[match[1]] = match[2]
        return known.get(match[1], "")

    def _place(self, file, own_file):
        for candidate in (file, own_file):
            inside = self._inside(candidate)
            if inside:
                return inside
        return file

    def _inside(self, file):
        """The path below the project's root, or None for a file of a library."""
        try:
            path = pathlib.PurePosixPath(file)
            if not path.is_absolute():
                return None
            parts = []
            for part in path.parts:
                if part == "..":
                    parts.pop()
                else:
                    parts.append(part)
            relative = pathlib.PurePosixPath(*parts).relative_to(self.root).as_posix()
        except (ValueError, IndexError):
            return None
        return None if relative.startswith("build/") else relative


def layer_of(file):
    """kernel, network, random, measure, ...; models/KIND; cli, reports; other for libraries."""
    parts = file.split("/")
    if parts[0] == "sim" and len(parts) > 2:
        return parts[1]
    if parts[0] == "models":
        folders = parts[:-1]
        return "/".join(folders[:3] if folders[1:2] == ["algorithms"] else folders[:2])
    if parts[0] in ("reports", "cli"):
        return parts[0]
    return "other"


def profile_scenario(programs, scenario, overrides, inside=None):
    """Runs a scenario under callgrind. Nothing is written: formatting a number is no part of a run.

    With `inside`, a function, counts only what is done while that is running.
    """
    with tempfile.TemporaryDirectory() as folder:
        counts = pathlib.Path(folder) / "callgrind.out"
        tool = [programs.valgrind, "--quiet", "--tool=callgrind",
                f"--callgrind-out-file={counts}"]
        if inside:
            tool.append(f"--toggle-collect={inside}")
        output_of(tool + scenario_command(programs, scenario, overrides), RUN_IS_DONE)
        with open(counts, encoding="utf-8", errors="replace") as lines:
            profile = Profile(ROOT.as_posix()).read(lines)
    if profile.total == 0:
        raise Failure(f"nothing was counted inside {inside}")
    return profile


class PerRequest:
    """Instructions per further request of a longer run, in all, by layer and by function."""

    def __init__(self, short, long, requests):
        if requests <= 0:
            raise Failure("the longer run had no more requests than the shorter")
        self.functions = collections.Counter(long.cost)
        self.functions.subtract(short.cost)
        self.functions = {place: count / requests for place, count in self.functions.items()}
        self.total = (long.total - short.total) / requests
        layers = collections.Counter()
        for (file, _), count in self.functions.items():
            layers[layer_of(file)] += count
        self.layers = {layer: count for layer, count in layers.most_common() if round(count, 1)}


def lasting(seconds):
    """The --set that makes a run as long."""
    return {"run.duration": f"{seconds * 1e9:.0f}ns"}


def per_request(programs, scenario, overrides, short_seconds, long_seconds, more_requests, inside=None):
    """What one more request takes, of the `more_requests` that the longer run has.

    The two lengths should be such that both have as many points in their time series, or a part of
    the cost of a point is charged to the requests. That is so for 1 and 10, and for 4 and 8, times
    any power of ten.
    """
    profiles = [profile_scenario(programs, scenario, {**overrides, **lasting(seconds)}, inside)
                for seconds in (short_seconds, long_seconds)]
    return PerRequest(*profiles, more_requests)
