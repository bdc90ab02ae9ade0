"""The workloads on SimPy: a process each, as its documentation shows them.

    simpy_peer.py hold N EVENTS
    simpy_peer.py three_tier SECONDS

The three-tier constants are those of tests/bench/bench_program.hpp.
"""

import random
import sys
import time

import simpy

APPS, APP_CORES, DATABASE_CONNECTIONS = 8, 4, 16
ARRIVALS_PER_SECOND = 5600
HOP, APP_MEAN, CACHE_TIME, DATABASE_MEAN = 0.25e-3, 4e-3, 0.2e-3, 8e-3
HIT_RATIO = 0.8


def print_result(units, cpu, check):
    with open("/proc/self/status", encoding="ascii") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    print(f"RESULT units={units} cpu={cpu:.6f} check={check:.6f} peak_kb={peak}")


def hold(count, events):
    environment = simpy.Environment()
    exponential = random.Random(7).expovariate
    fired = 0

    def process():
        nonlocal fired
        while True:
            yield environment.timeout(exponential(1))
            fired += 1

    for _ in range(count):
        environment.process(process())
    environment.run(until=1e-9)  # every process starts and waits
    start = time.process_time()
    environment.run(until=events / count)
    print_result(fired, time.process_time() - start, fired / events)


def three_tier(seconds):
    environment = simpy.Environment()
    timeout = environment.timeout
    generator = random.Random(7)
    exponential = generator.expovariate
    apps = [simpy.Resource(environment, APP_CORES) for _ in range(APPS)]
    database = simpy.Resource(environment, DATABASE_CONNECTIONS)
    connections = [0] * APPS
    finished = 0
    latency_sum = 0.0

    def request():
        nonlocal finished, latency_sum
        sent = environment.now
        yield timeout(HOP)  # client to balancer
        app = connections.index(min(connections))
        connections[app] += 1
        yield timeout(HOP)  # to the app server
        with apps[app].request() as turn:
            yield turn
            yield timeout(exponential(1 / APP_MEAN))
        yield timeout(HOP)  # to the cache
        yield timeout(CACHE_TIME)
        hit = generator.random() < HIT_RATIO
        yield timeout(HOP)  # back, or on to the database
        if not hit:
            with database.request() as turn:
                yield turn
                yield timeout(exponential(1 / DATABASE_MEAN))
            yield timeout(HOP)  # back to the app server
        yield timeout(HOP)  # to the balancer
        connections[app] -= 1
        yield timeout(HOP)  # to the client
        finished += 1
        latency_sum += environment.now - sent

    def clients():
        while True:
            yield timeout(exponential(ARRIVALS_PER_SECOND))
            if environment.now >= seconds:
                return
            environment.process(request())

    environment.process(clients())
    start = time.process_time()
    environment.run()
    print_result(finished, time.process_time() - start, 1e3 * latency_sum / finished)


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "hold":
        hold(int(arguments[1]), float(arguments[2]))
    elif len(arguments) == 2 and arguments[0] == "three_tier":
        three_tier(float(arguments[1]))
    else:
        sys.exit("usage: simpy_peer.py hold N EVENTS | three_tier SECONDS")


if __name__ == "__main__":
    main(sys.argv[1:])
