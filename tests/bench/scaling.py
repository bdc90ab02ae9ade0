"""Whether the cost stays where it is while the system grows.

Memory over the length of a run; instructions and CPU time of one request over the number of servers
and of keys.

Load per server stays the same. Both costs are differences between a run and a longer one, so that
building the system, which must take longer the larger it is, falls out. Requests come at equal
distances, so that their number is known.
"""

import json
import pathlib
import tempfile

from callgrind import lasting, per_request
from programs import ROOT, Failure, cost_of, run_scenario, scenario_command

THREE_TIER = ROOT / "scenarios/library/three_tier.json"
POLICIES = ("least_connections", "power_of_choices", "round_robin")
SERVERS = (8, 80, 800, 8000)
KEYS = (10 ** 3, 10 ** 4, 10 ** 5, 10 ** 6, 10 ** 7)
GROWTH_NOTED = 1.1  # from the smallest to the largest


def farm(servers, policy):
    """A balancer before servers of one worker each, 70 % busy."""
    return {
        "faultline": 1, "title": "Servers behind a balancer",
        "nodes": {
            "users": {"type": "clients", "arrivals": f"constant({100 * servers}/s)", "target": "edge"},
            "edge": {"type": "l7_balancer", "policy": policy, "backends": ["app"]},
            "app": {"type": "app_server", "replicas": servers, "workers": 1,
                    "endpoints": {"default": ["cpu(exponential(7ms))"]}}},
        "network": {"default_latency": "250us"}, "run": {"seed": 1}}


def key_space(keys, reads):
    """A cache that is far smaller than any number of keys asked for: read through it, or put into it."""
    step = {"type": "cache_aside", "cache": "cache", "store": "db"} if reads else "call(cache)"
    return {
        "faultline": 1, "title": "Keys",
        "nodes": {
            "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "app",
                      "keys": f"zipf(n={keys}, s=0.99)", "reads": "100%" if reads else "0%"},
            "app": {"type": "app_server", "endpoints": {"default": [step]}},
            "cache": {"type": "cache", "capacity": 500, "service_time": "200us"},
            "db": {"type": "database", "connections": 64, "service_time": "exponential(8ms)"}},
        "network": {"default_latency": "250us"}, "run": {"seed": 1}}


class Point:
    """The cost of one request in one system."""

    def __init__(self, programs, scenario, requests_per_second, requests):
        seconds = requests / requests_per_second
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "scenario.json"
            file.write_text(json.dumps(scenario), encoding="utf-8")
            self.instructions = None
            if programs.valgrind:
                self.instructions = per_request(programs, file, {}, seconds, 2 * seconds, requests)
            short, _ = cost_of(programs, scenario_command(programs, file, lasting(seconds)))
            long, self.peak = cost_of(programs,
                                      scenario_command(programs, file, lasting(10 * seconds)))
            self.cpu_microseconds = 1e6 * (long - short) / (9 * requests)
            self.hit_ratio = None
            if "cache" in scenario["nodes"]:
                result, _, _ = run_scenario(programs, file, lasting(2 * seconds))
                self.hit_ratio = result["nodes"]["cache"]["hit_ratio"]

    def as_json(self):
        return {"instructions": round(self.instructions.total, 1) if self.instructions else None,
                "cpu_microseconds": round(self.cpu_microseconds, 3),
                "peak_bytes": 1024 * self.peak, "hit_ratio": self.hit_ratio}


def grown(small, large):
    """The functions whose instructions per request grew most: (instructions, function, file)."""
    places = set(small.functions) | set(large.functions)
    growth = [(large.functions.get(place, 0) - small.functions.get(place, 0), place[1], place[0])
              for place in places]
    return sorted(growth, reverse=True)[:5]


def print_points(title, column, points, output):
    """One line a size, and what grew if something did."""
    output.line()
    output.line(title)
    output.line(f"  {column:>12}{'instructions':>14}{'CPU us':>9}{'hit ratio':>11}{'MiB':>9}")
    for size, point in points.items():
        if isinstance(point, str):
            output.line(f"  {size:>12,}   {point}")
            continue
        instructions = f"{point.instructions.total:.0f}" if point.instructions else "-"
        hits = f"{point.hit_ratio:.3f}" if point.hit_ratio is not None else "-"
        output.line(f"  {size:>12,}{instructions:>14}{point.cpu_microseconds:>9.3f}{hits:>11}"
                    f"{point.peak / 1024:>9.1f}")
    counted = [point.instructions for point in points.values()
               if not isinstance(point, str) and point.instructions]
    if len(counted) < 2 or counted[-1].total <= GROWTH_NOTED * counted[0].total:
        return
    output.line(f"  grows by {100 * (counted[-1].total / counted[0].total - 1):.0f} %; most of it in")
    for more, function, file in grown(counted[0], counted[-1]):
        output.line(f"    {more:>+9.0f}  {function[:100]}  ({file})")


def measure_points(programs, sizes, scenario_of, rate_of, requests, progress):
    """`requests` must make runs of 4 times a power of ten seconds: see callgrind.per_request."""
    points = {}
    for size in sizes:
        progress(size)
        try:
            points[size] = Point(programs, scenario_of(size), rate_of(size), requests)
        except Failure as failure:
            points[size] = f"failed: {failure}"
    return points


def points_json(points):
    return {str(size): None if isinstance(point, str) else point.as_json()
            for size, point in points.items()}


def measure_memory(programs, quick, output):
    """Peak memory of three_tier.json over the virtual seconds it runs."""
    output.line("memory of three_tier.json over the length of the run")
    output.line(f"  {'virtual s':>12}{'requests':>14}{'MiB':>9}")
    peaks = {}
    for seconds in ((10, 20) if quick else (10, 100, 1000)):
        output.progress(f"memory, {seconds} s")
        try:
            result, _, peak = run_scenario(programs, THREE_TIER, lasting(seconds))
        except Failure as failure:
            output.clear()
            output.line(f"  {seconds:>12,}   failed: {failure}")
            peaks[str(seconds)] = None
            continue
        output.clear()
        output.line(f"  {seconds:>12,}{result['requests']['sent']:>14,}{peak / 1024:>9.1f}")
        peaks[str(seconds)] = 1024 * peak
    return peaks


def measure_scaling(programs, quick, output):
    """Prints the tables; returns them for the JSON."""
    if not programs.valgrind:
        output.line("instructions are not counted: install valgrind")
    report = {"peak_bytes_by_seconds": measure_memory(programs, quick, output)}
    servers = SERVERS[:2] if quick else SERVERS
    report["servers"] = {}
    for policy in POLICIES:
        points = measure_points(programs, servers, lambda size, policy=policy: farm(size, policy),
                                lambda size: 100 * size, 3_200 if quick else 32_000,
                                lambda size, policy=policy: output.progress(f"{size} servers, {policy}"))
        output.clear()
        print_points(f"one request over the number of servers, {policy}", "servers", points, output)
        report["servers"][policy] = points_json(points)
    keys = KEYS[:2] if quick else KEYS
    report["keys"] = {}
    for name, reads in (("reads", True), ("writes", False)):
        points = measure_points(programs, keys, lambda size, reads=reads: key_space(size, reads),
                                lambda _: 1000, 4_000 if quick else 40_000,
                                lambda size, name=name: output.progress(f"{size} keys, {name}"))
        output.clear()
        what = "read through a cache of 500" if reads else "put into a cache of 500"
        print_points(f"one request over the number of keys, {what}", "keys", points, output)
        report["keys"][name] = points_json(points)
    return {"scaling": report}
