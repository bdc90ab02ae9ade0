"""Builds and runs the programs that are measured."""

import contextlib
import fcntl
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = pathlib.Path(__file__).resolve().parent
RESULT = re.compile(r"^RESULT units=(\S+) cpu=(\S+) check=(\S+) peak_kb=(\d+)$", re.MULTILINE)
MEASURED = re.compile(r"^MEASURED cpu=(\S+) peak_kb=(\d+) status=(\d+)$", re.MULTILINE)
TIMEOUT = 3600  # seconds; a program under valgrind is fifty times slower


class BenchError(Exception):
    """What keeps the whole bench from going on."""


class Failure(Exception):
    """What keeps one measurement from being made; the others go on."""


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def only_one_build():
    """The lock that the script ./faultline takes while it builds."""
    folder = ROOT / "build"
    try:
        folder.mkdir(exist_ok=True)
        lock = open(folder / ".lock", "a", encoding="ascii")
    except OSError as error:
        raise BenchError(f"cannot write below {folder.name}/: {error.strerror}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_step(name, command):
    """Runs a command of the build; what it prints is shown only if it fails."""
    try:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    except FileNotFoundError as error:
        raise BenchError(f"{command[0]} is missing") from error
    if done.returncode != 0:
        start = done.stdout.find("FAILED:")
        lines = (done.stdout[start:] if start >= 0 else done.stdout).splitlines()
        print("\n".join(lines[:60] if start >= 0 else lines[-40:]), file=sys.stderr)
        raise BenchError(f"{name} failed")


def jobs():
    """As many compilers as processors, but no more than memory allows at 1 GiB each."""
    memory = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 30
    return max(1, min(len(os.sched_getaffinity(0)), memory))


def build(folder):
    """Builds everything in the build tree `folder`, making the tree if it is not there."""
    with only_one_build():
        if (folder / "build.ninja").exists():
            run_step("cmake", ["cmake", "-DFAULTLINE_BENCH=ON", str(folder)])
        else:
            run_step("cmake", ["cmake", "--preset", "release", "-B", str(folder),
                               "-DFAULTLINE_TESTS=OFF", "-DFAULTLINE_BENCH=ON"])
        run_step("the build", ["ninja", "-C", str(folder), "-j", str(jobs()), "faultline",
                               "bench_programs"])


def installed_version(package):
    """The version of a Debian package, or None."""
    try:
        done = subprocess.run(["dpkg-query", "--show", "--showformat=${Version}", package],
                              capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 and done.stdout else None


@functools.lru_cache
def python_with_simpy():
    """A Python that knows SimPy, or None: Debian's sees Debian's modules, another may not."""
    for python in dict.fromkeys([sys.executable, "/usr/bin/python3"]):
        if pathlib.Path(python).exists():
            done = subprocess.run([python, "-c", "import simpy"], capture_output=True, check=False)
            if done.returncode == 0:
                return python
    return None


class Programs:
    """The programs of one build tree. Those that are not there are None."""

    def __init__(self, folder):
        def program(path):
            return str(folder / path) if (folder / path).is_file() else None
        self.folder = folder
        self.faultline = program("cli/faultline")
        self.hold = program("tests/bench/hold")
        self.measured = program("tests/bench/measured")
        self.floor = program("tests/bench/floor")
        self.ns3 = program("tests/bench/ns3_peer")
        self.simgrid = program("tests/bench/simgrid_peer")
        self.valgrind = shutil.which("valgrind")
        for name in ["faultline", "hold", "measured", "floor"]:
            if getattr(self, name) is None:
                raise BenchError(f"the program {name} has not been built in {folder}")

    def cached(self, name):
        """A value of the build tree's CMake cache, or None."""
        try:
            text = (self.folder / "CMakeCache.txt").read_text(encoding="utf-8")
        except OSError:
            return None
        match = re.search(rf"^{name}:\w+=(.*)$", text, re.MULTILINE)
        return match[1] if match else None


def output_of(command, good=(0,)):
    """Standard output of a measured program. Raises Failure if its exit status is not in `good`."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise Failure(f"not done after {TIMEOUT} s") from error
    except OSError as error:
        raise Failure(error.strerror) from error
    if done.returncode not in good:
        lines = (done.stderr + done.stdout).strip().splitlines()
        raise Failure(f"exit status {done.returncode}" + (f": {lines[-1]}" if lines else ""))
    return done.stdout


def run_workload(command):
    """Runs a program that prints a RESULT line: (units, CPU seconds, check, peak KiB)."""
    match = RESULT.search(output_of([str(part) for part in command]))
    if not match:
        raise Failure("it printed no result")
    return float(match[1]), float(match[2]), float(match[3]), int(match[4])


# Of `faultline run`: done, and done but an expectation failed, as it may in a run of another length.
RUN_IS_DONE = (0, 1)


def scenario_command(programs, scenario, overrides):
    """`faultline run` of a scenario with other values at some paths, and nothing written."""
    command = [programs.faultline, "run", str(scenario), "--quiet"]
    for path, value in overrides.items():
        command += ["--set", f"{path}={value}"]
    return command


def cost_of(programs, command):
    """Runs a scenario_command: (CPU seconds with its start and end, peak KiB)."""
    match = MEASURED.search(output_of([programs.measured, *command]))
    if not match or int(match[3]) not in RUN_IS_DONE:
        raise Failure(f"exit status {match[3] if match else 'unknown'} of faultline run")
    return float(match[1]), int(match[2])


def run_scenario(programs, scenario, overrides):
    """Runs a scenario and has its result written: (the result, CPU seconds, peak KiB)."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "result.json"
        command = scenario_command(programs, scenario, overrides) + ["--json", str(file)]
        cpu, peak = cost_of(programs, command)
        return json.loads(file.read_text(encoding="utf-8")), cpu, peak
