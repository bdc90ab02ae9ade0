#!/usr/bin/env python3
"""Measures the simulator's speed beside hand-written floors and other simulators.

    run.py [--json OUT] [--rounds N] [--quick] [--scaling]

Builds what it needs, runs everything in turns, round after round, and prints one table of units per
CPU second of the measured process, because the machine may be shared. What each row is, and how to
read it: docs/guide/benchmarks.md. Exit status: 0 done; 1 done, but a program simulated something
else than its workload; 2 wrong usage; 3 it could not go on.
"""

import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import re
import signal
import statistics
import subprocess
import sys
import typing

from callgrind import lasting, per_request
from output import Output, amount
from programs import (HERE, ROOT, BenchError, Failure, Programs, build, installed_version,
                      python_with_simpy, run_scenario, run_workload, say)
from scaling import measure_scaling

HOLD_SIZES = (100, 10_000, 1_000_000)
THREE_TIER = ROOT / "scenarios/library/three_tier.json"
W3 = HERE / "w3.json"
CAP = ROOT / "scenarios/library/cap"
ISOLATION = ROOT / "scenarios/basics/isolation_levels.json"
W3_MEAN_LATENCY = 7.59  # milliseconds
PACKAGES = {"ns3": "libns3-dev", "simpy": "python3-simpy3", "simgrid": "libsimgrid-dev",
            "valgrind": "valgrind"}
NOT_BUILT = "not measured: install {}"


@dataclasses.dataclass
class Contender:
    """One row of the table: a program with a workload, run once a round."""
    group: str   # "hold 100", ..., "w3"
    key: str     # in the JSON
    title: str   # in the table
    measure: typing.Callable[[], tuple] | None  # () -> (units, CPU seconds, check, peak KiB)
    expected: float    # check
    tolerance: float
    note: str = ""     # why there is no measurement
    rates: list = dataclasses.field(default_factory=list)
    peaks: list = dataclasses.field(default_factory=list)
    checks: list = dataclasses.field(default_factory=list)
    wrong: bool = False

    def run(self):
        """Makes one measurement; a failure leaves a note and ends the rounds of this row."""
        if not self.measure:
            return
        try:
            units, cpu, check, peak = self.measure()
        except Failure as failure:
            self.measure, self.note = None, f"failed: {failure}"
            return
        if not (units > 0 and cpu > 0):
            self.measure, self.note = None, "failed: nothing was simulated"
            return
        self.rates.append(units / cpu)
        self.checks.append(check)
        self.peaks.append(peak)
        if abs(check - self.expected) > self.tolerance:
            self.wrong = True
            self.note = f"WRONG: its check is {check:.5g}, expected {self.expected:.5g}"

    @property
    def rate(self):
        return statistics.median(self.rates) if self.rates else None


def workload(program, *arguments):
    """A measurement by a program that prints its result; None if the program is not there."""
    if program is None:
        return None
    command = [*program] if isinstance(program, list) else [program]
    return lambda: run_workload([*command, *arguments])


def w3_measurement(programs, seconds):
    def measure():
        result, cpu, peak = run_scenario(programs, W3, lasting(seconds))
        requests = result["requests"]
        return requests["ok"], cpu, 1e3 * requests["latency_seconds"]["mean"], peak
    return measure


def contenders(programs, quick):
    """All rows, in the order of the table."""
    python = python_with_simpy()
    simpy = [python, "-B", str(HERE / "peers/simpy_peer.py")] if python else None
    simgrid = [programs.simgrid] if programs.simgrid else None
    quiet = "--log=root.t:error"
    rows = []

    def add(group, key, title, measure, expected, tolerance):
        package = PACKAGES.get(key.split("_")[0])
        note = "" if measure else NOT_BUILT.format(package)
        rows.append(Contender(group, key, title, measure, expected, tolerance, note))

    for size in HOLD_SIZES:
        large = size == HOLD_SIZES[-1]

        def hold(key, title, program, events, before=(), after=()):
            events = events // 20 if quick else events
            # The number of events in a given time has a standard deviation of its square root.
            add(f"hold {size}", key, title,
                workload(program, *before, "hold", size, events, *after), 1, 6 / events ** 0.5)

        events = 3_000_000
        events_quick = events // 20 if quick else events
        add(f"hold {size}", "ours", "faultline", workload(programs.hold, size, events_quick), 1,
            6 / events_quick ** 0.5)
        hold("floor_pq", "floor: priority queue", programs.floor, events, ["pq"])
        hold("floor_cal", "floor: calendar queue", programs.floor, events, ["cal"])
        hold("ns3_map", "ns-3, map", programs.ns3, 1_000_000, ["map"])
        hold("ns3_pq", "ns-3, priority queue", programs.ns3, 1_000_000, ["pq"])
        if not (quick and large):
            hold("simpy", "SimPy", simpy, 1_000_000 if large else 500_000)
        if not large:  # a million actors need more memory than most machines have
            hold("simgrid", "SimGrid", simgrid, 500_000, after=[quiet])

    def three_tier(key, title, program, seconds, before=(), after=()):
        seconds = max(1, seconds // 20) if quick else seconds
        add("w3", key, title, workload(program, *before, "three_tier", seconds, *after),
            W3_MEAN_LATENCY, w3_tolerance(seconds))

    def w3_tolerance(seconds):
        return W3_MEAN_LATENCY * max(0.01, 0.08 / seconds ** 0.5)

    seconds = 20 if quick else 300
    add("w3", "ours", "faultline", w3_measurement(programs, seconds), W3_MEAN_LATENCY,
        w3_tolerance(seconds))
    three_tier("floor_cal", "floor: calendar queue", programs.floor, 300, ["cal"])
    three_tier("floor_cal_tuned", "floor: tuned calendar", programs.floor, 300, ["tuned"])
    three_tier("floor_pq", "floor: priority queue", programs.floor, 300, ["pq"])
    three_tier("ns3_map", "ns-3, map", programs.ns3, 60, ["map"])
    three_tier("ns3_pq", "ns-3, priority queue", programs.ns3, 60, ["pq"])
    three_tier("simpy", "SimPy", simpy, 20)
    three_tier("simgrid", "SimGrid", simgrid, 20, after=[quiet])
    return rows


def run_rounds(rows, rounds, output):
    for number in range(1, rounds + 1):
        for row in rows:
            output.progress(f"round {number} of {rounds}: {row.group}, {row.title}")
            row.run()


def group_title(group):
    if group == "w3":
        return "three tiers, requests"
    return f"hold, {int(group.split()[1]):,} pending, events"


FLOORS = {"hold": "floor_pq", "w3": "floor_cal"}


def print_table(rows, output):
    line = "{:<26}{:>9}   {:>9} .. {:<9}{:>9}{:>10}  {}"
    output.line(line.format("per CPU second", "median", "min", "max", "of floor", "MiB",
                            "").rstrip())
    for group in dict.fromkeys(row.group for row in rows):
        members = [row for row in rows if row.group == group]
        floor = next(row for row in members if row.key == FLOORS[group.split()[0]])
        output.line()
        output.line(group_title(group))
        for row in members:
            if row.rate is None:
                output.line(f"  {row.title:<24}{'-':>9}   {row.note}")
                continue
            ratio = f"{row.rate / floor.rate:.2f}" if floor.rate else "-"
            output.line(line.format(
                "  " + row.title, amount(row.rate), amount(min(row.rates)), amount(max(row.rates)),
                ratio, f"{statistics.median(row.peaks) / 1024:.1f}", row.note).rstrip())


def rates_json(rows, group):
    rates = {row.key: round(row.rate, 1) if row.rate else None for row in rows
             if row.group == group}
    measured = [rates[key] for key in ("ns3_map", "ns3_pq") if rates.get(key)]
    rates["ns3"] = max(measured, default=None)  # the better of its schedulers
    rates.setdefault("simpy", None)
    rates.setdefault("simgrid", None)
    return rates


def spread_json(rows, group):
    return {row.key: {"min": round(min(row.rates), 1), "max": round(max(row.rates), 1),
                      "peak_bytes": 1024 * max(row.peaks), "check": statistics.median(row.checks)}
            for row in rows if row.group == group and row.rates}


# What a caller can carry, on every hop of W3: patience, three tries, a circuit breaker.
CALLER = {"timeout": "1s", "retry": "full_jitter", "breaker": "count_window"}


def w3_resilient():
    """--set values that give every caller of W3 patience, two retries and a circuit breaker."""
    def call(target):
        return {"type": "call", "target": target, **CALLER}
    steps = ["cpu(exponential(4ms))", call("cache"),
             {"type": "choose", "options": [{"weight": 8}, {"weight": 2, "steps": [call("db")]}]}]
    return {**{f"nodes.{node}.{name}": value for node in ("users", "balancer")
               for name, value in CALLER.items()},
            "nodes.app.endpoints.default": json.dumps(steps)}


# A server of W3 as threads, and as loops that cost something: name -> (title, concurrency).
SERVERS = {"w3_threads": ("threads", "threads(size=64)"),
           "w3_event_loop": ("event loops", "event_loop(loops=4)")}


def recorded(quick):
    """Scenarios that are run with and without recording: name -> (file, --set values, two lengths, what is watched)."""
    lengths = (4, 8) if quick else (40, 80)
    calm = {"run.warmup": "0s", "faults": "[]"}
    stores = {"boundary": "callers", "nodes": ["db_ru", "db_rc", "db_si", "db_2pl", "db_ssi"]}
    return {"three_tier_history": (THREE_TIER, calm, lengths, "{}"),
            "cap_raft": (CAP / "raft.json", calm, lengths, "{}"),
            "cap_causal": (CAP / "causal.json", calm, lengths, "{}"),
            "transactions": (ISOLATION, calm, lengths, json.dumps(stores))}


def recording_names():
    return [f"{name}_{kind}" for name in recorded(quick=False) for kind in ("plain", "recorded")]


def instructions(programs, scenario, overrides, lengths, inside=None):
    """Instructions a request, by difference of two runs: PerRequest."""
    sent = [run_scenario(programs, scenario, {**overrides, **lasting(seconds)})[0]
            ["requests"]["sent"] for seconds in lengths]
    return per_request(programs, scenario, overrides, *lengths, sent[1] - sent[0], inside)


def count_instructions(programs, quick, output):
    """(PerRequest by name, why not)."""
    if not programs.valgrind:
        return {}, NOT_BUILT.format(PACKAGES["valgrind"])
    # three_tier as shipped, with the crash: it is in both runs. The quick ones are shorter than the
    # warm-up.
    cases = {
        "three_tier": (THREE_TIER, {"run.warmup": "0s"} if quick else {},
                       (4, 8) if quick else (60, 600)),
        "w3_plain": (W3, {}, (1, 2) if quick else (4, 8)),
        "w3_resilient": (W3, w3_resilient(), (1, 2) if quick else (4, 8)),
        **{name: (W3, {"nodes.app.concurrency": concurrency}, (1, 2) if quick else (4, 8))
           for name, (_, concurrency) in SERVERS.items()},
    }
    # With and without a history of what the users did. It is recorded while virtual time passes, and
    # judged afterwards; what is to be cheap is the recording.
    for name, (scenario, overrides, lengths, watched) in recorded(quick).items():
        for kind, section in (("plain", "null"), ("recorded", watched)):
            cases[f"{name}_{kind}"] = (scenario, {"consistency": section, "expect": "[]", **overrides}, lengths,
                                       "faultline::sim::Run::run_until*")
    counted = {}
    for name, case in cases.items():
        output.progress(f"instructions per request of {name}")
        try:
            counted[name] = instructions(programs, *case)
        except Failure as failure:
            return counted, f"failed: {failure}"
    return counted, ""


def print_instructions(counted, why_not, output):
    output.line()
    output.line("three_tier.json, instructions per request")
    if "three_tier" not in counted:
        output.line(f"  {'-':>33}   {why_not}")
        return
    three_tier = counted["three_tier"]
    output.line(f"  {'all':<24}{three_tier.total:>9.0f}")
    for layer, count in three_tier.layers.items():
        if count >= 0.005 * three_tier.total:
            output.line(f"  {layer:<24}{count:>9.0f}   {100 * count / three_tier.total:>3.0f} %")
    output.line()
    output.line("three tiers, instructions per request")
    for name, title in (("w3_plain", "plain"), ("w3_resilient", "time-out, retries, breaker"),
                        *((name, title) for name, (title, _) in SERVERS.items())):
        if name not in counted:
            output.line(f"  {title:<26}{'-':>7}   {why_not}")
            continue
        ratio = counted[name].total / counted["w3_plain"].total
        output.line(f"  {title:<26}{counted[name].total:>7.0f}   {ratio:>4.2f}")


def print_recording(counted, why_not, output):
    output.line()
    output.line("a history of all operations, instructions per request")
    for name in recorded(quick=False):
        plain, with_history = (counted.get(f"{name}_{kind}") for kind in ("plain", "recorded"))
        if not plain or not with_history:
            output.line(f"  {name:<26}{'-':>7}   {why_not}")
            continue
        output.line(f"  {name:<26}{plain.total:>7.0f}{with_history.total:>9.0f}   "
                    f"{100 * (with_history.total / plain.total - 1):>+5.1f} %")


def machine():
    """What the numbers depend on, described so that it names no one's machine."""
    model, mhz = platform.machine(), None
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        match = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
        model = match[1].strip() if match else model
        match = re.search(r"^cpu MHz\s*:\s*([\d.]+)$", text, re.MULTILINE)
        mhz = round(float(match[1])) if match else None
    except OSError:
        pass
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        system = platform.system()
    return {"processor": model, "mhz": mhz, "processors": os.cpu_count(), "system": system,
            "load_average": round(os.getloadavg()[0], 1)}


def versions(programs):
    compiler = programs.cached("CMAKE_CXX_COMPILER")
    version = None
    if compiler:
        done = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False)
        version = done.stdout.splitlines()[0] if done.stdout else None
    build_type = programs.cached("CMAKE_BUILD_TYPE")
    flags = programs.cached(f"CMAKE_CXX_FLAGS_{(build_type or '').upper()}")
    return {"compiler": version, "build_type": build_type, "flags": flags,
            **{name: installed_version(package) for name, package in PACKAGES.items()}}


def describe(setting, output):
    where, what = setting["machine"], setting["versions"]
    mhz = f", {where['mhz']} MHz" if where["mhz"] else ""
    output.line(f"{setting['date']}, {where['processor']}{mhz}, {where['processors']} processors, "
                f"{where['system']}")
    output.line(f"{what['compiler']}, {what['build_type']} {what['flags']}; load average "
                f"{where['load_average']}")
    output.line()


def compare(programs, arguments, setting, output):
    """The table of units per CPU second: (JSON, whether every program simulated its workload)."""
    rows = contenders(programs, arguments.quick)
    run_rounds(rows, 1 if arguments.quick else arguments.rounds, output)
    counted, why_not = count_instructions(programs, arguments.quick, output)
    three_tier = counted.get("three_tier")
    output.clear()
    describe(setting, output)
    print_table(rows, output)
    print_instructions(counted, why_not, output)
    print_recording(counted, why_not, output)
    sizes = {str(size): f"hold {size}" for size in HOLD_SIZES}
    report = {
        "hold": {size: rates_json(rows, group) for size, group in sizes.items()},
        "w3": rates_json(rows, "w3"),
        "instructions_per_request": {
            name: round(counted[name].total, 1) if name in counted else None
            for name in ("three_tier", "w3_plain", "w3_resilient", *SERVERS, *recording_names())},
        "instructions_by_layer": {
            "three_tier": {layer: round(count, 1) for layer, count in three_tier.layers.items()}
                          if three_tier else None},
        "spread": {"hold": {size: spread_json(rows, group) for size, group in sizes.items()},
                   "w3": spread_json(rows, "w3")},
        "notes": {f"{row.group} {row.key}": row.note for row in rows if row.note},
        "rounds": 1 if arguments.quick else arguments.rounds,
    }
    return report, not any(row.wrong for row in rows)


def rounds_count(text):
    count = int(text)
    if not 1 <= count <= 1000:
        raise ValueError
    return count


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="faultline bench", description="Measures the speed beside floors and other simulators.",
        epilog="example: ./faultline bench --rounds 5 --json bench.json")
    parser.add_argument("--json", metavar="OUT", help="also write the numbers here; - for stdout")
    parser.add_argument("--rounds", metavar="N", type=rounds_count, default=3,
                        help="how often each program runs, in turns with the others (default 3)")
    parser.add_argument("--quick", action="store_true",
                        help="one short round, to see that it works; the numbers mean little")
    parser.add_argument("--scaling", action="store_true",
                        help="instead: memory over run length, cost over servers and over keys")
    parser.add_argument("--build-dir", metavar="DIR", type=pathlib.Path,
                        default=ROOT / "build/release", help="the build tree (default build/release)")
    parser.add_argument("--no-build", action="store_true", help="take the programs as they are")
    return parser.parse_args(arguments)


def main(argv):
    arguments = parse(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    good = True
    try:
        with Output(arguments.json) as output:
            if not arguments.no_build:
                output.progress("building")
                build(arguments.build_dir.resolve())
            programs = Programs(arguments.build_dir.resolve())
            setting = {"date": datetime.date.today().isoformat(), "machine": machine(),
                       "versions": versions(programs)}
            if arguments.scaling:
                report = measure_scaling(programs, arguments.quick, output)
            else:
                report, good = compare(programs, arguments, setting, output)
            output.finish({**report, "quick": arguments.quick, **setting})
    except BenchError as error:
        say(error)
        return 3
    except KeyboardInterrupt:
        say("interrupted; nothing was written")
        return 130
    if not good:
        say("a program did not simulate its workload; see the table")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
