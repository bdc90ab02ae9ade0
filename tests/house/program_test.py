#!/usr/bin/env python3
"""The headless program as its user meets it: help, progress, Ctrl-C, exit statuses, and input and output that are not as
they should be.

    program_test.py PROGRAM [sanitized]

How much memory the program takes is looked at only when it is not built with sanitizers, which take their own.
"""

import json
import os
import pathlib
import pty
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
THREE_TIER = ROOT / "scenarios/library/three_tier.json"
COMMANDS = ["run", "validate", "types", "schema", "reference", "cache-trace", "check-history", "calibrate"]
ESCAPE = "\x1b"

program = None  # given on the command line
sanitized = False


def overload(**app):
    """Twice as many requests as one worker can serve, for an hour."""
    return {
        "faultline": 1,
        "nodes": {
            "users": {"type": "clients", "arrivals": "poisson(2000/s)", "target": "app"},
            "app": {"type": "app_server", "workers": 1, "endpoints": {"default": ["cpu(exponential(1ms))"]}, **app},
        },
        "run": {"duration": "1h"},
    }


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def file(self, content, name="scenario.json"):
        path = self.folder / name
        if isinstance(content, dict):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    def run_program(self, *arguments, timeout=120, prefix=(), **options):
        return subprocess.run([*prefix, program, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="replace", timeout=timeout, cwd=self.folder, **options)

    def peak_kib(self, *arguments):
        """The most memory that the program took, in KiB."""
        if sanitized:
            self.skipTest("built with sanitizers")
        child = subprocess.Popen([program, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0  # it has been waited for
        return usage.ru_maxrss

    def on_terminal(self, *arguments, interrupt_at=None):
        """Exit status, and all that the program wrote to a terminal. Ctrl-C comes when `interrupt_at` is read there."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.environ["TERM"] = "xterm"
            os.execv(program, [program, *map(str, arguments)])
        text = ""
        interrupted = interrupt_at is None
        deadline = time.monotonic() + 120
        try:
            while time.monotonic() < deadline:
                if not select.select([terminal], [], [], 1)[0]:
                    continue
                try:
                    read = os.read(terminal, 65536)
                except OSError:  # the other end is gone
                    break
                if not read:
                    break
                text += read.decode("utf-8", "replace")
                if not interrupted and interrupt_at in text:
                    interrupted = True
                    os.write(terminal, b"\x03")
            else:
                os.kill(pid, signal.SIGKILL)
                self.fail("the program did not end: " + text[-500:])
        finally:
            os.close(terminal)
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return status, text


class Help(ProgramTest):
    def test_each_command_has_an_example(self):
        for command in COMMANDS:
            with self.subTest(command):
                done = self.run_program(command, "--help")
                self.assertEqual(done.returncode, 0)
                self.assertRegex(done.stdout, r"Examples?:\s+faultline " + command)

    def test_calibrate_measures_what_is_asked_for(self):
        done = self.run_program("calibrate", "find_duplicates_linear")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"\nfind_duplicates_linear +[0-9.e+]+/s +[0-9]+% +[0-9]+\n$")
        self.assertEqual(done.stdout.count("\n"), 2)
        wrong = self.run_program("calibrate", "merge_srot")
        self.assertEqual((wrong.returncode, wrong.stdout), (2, ""))
        self.assertIn('did you mean "merge_sort"?', wrong.stderr)

    def test_types_and_reference_speak_russian(self):
        english = self.run_program("types", "app_server")
        russian = self.run_program("types", "app_server", "--lang", "ru")
        self.assertEqual(russian.returncode, 0)
        self.assertIn("app_server (node): Сервер приложений\n", russian.stdout)
        self.assertIn("Сколько запросов может ждать потока; лишние отвергаются", russian.stdout)
        self.assertIn("Не моделируется: чего нет у его модели параллелизма", russian.stdout)
        # What is written in a file is the same; no line is too long.
        for word in ("queue_limit", "drop_expired = false", '"type": "app_server"'):
            self.assertIn(word, english.stdout)
            self.assertIn(word, russian.stdout)
        for line in russian.stdout.splitlines():
            self.assertLessEqual(len(line), 80, line)
        overview = self.run_program("types", "--lang", "ru").stdout
        self.assertIn("balancing policy: Политика балансировки\n", overview)
        self.assertEqual(self.run_program("types", "--lang", "de").returncode, 2)
        self.assertEqual(self.run_program("reference", self.folder, "--lang", "ru").returncode, 0)
        page = (self.folder / "eviction.md").read_text(encoding="utf-8")
        self.assertIn("# eviction: Вытеснение из кэша\n", page)
        self.assertIn("Источник: ", page)

    def history(self, *operations):
        lines = ['{"format": "faultline_history", "version": 1, "initial": null}']
        for number, (session, kind, value) in enumerate(operations):
            lines.append(json.dumps({"session": session, "kind": kind, "key": "x", "value": value,
                                     "invoked": 10 * number, "completed": 10 * number + 5}))
        return self.file("\n".join(lines) + "\n", "history.jsonl")

    def test_check_history_tells_its_verdict_by_status_and_json(self):
        stale = self.history(("alice", "write", 1), ("alice", "write", 2), ("bob", "read", 1))
        for level, status, verdict in [("linearizable", 1, "violated"), ("sequential", 0, "holds")]:
            with self.subTest(level):
                done = self.run_program("check-history", stale, "--model", "register", "--level", level,
                                        "--json", "verdict.json")
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertIn(f"3 operations, register, {level}: {verdict}", done.stdout)
                result = json.loads((self.folder / "verdict.json").read_text())
                self.assertEqual(sorted(result), ["anomalies", "level", "model", "operations", "seconds", "verdict",
                                                  "witness"])
                self.assertEqual((result["verdict"], result["model"], result["level"], result["operations"]),
                                 (verdict, "register", level, 3))
                self.assertEqual(result["witness"] is None, verdict == "holds")
        done = self.run_program("check-history", stale, "--model", "register", "--json", "-")
        self.assertEqual(json.loads(done.stdout)["witness"]["operations"][2]["text"], "read x: 1")

    def test_check_history_without_a_verdict_is_exit_status_4(self):
        # Whether the dequeue that was never answered took the element is not looked into.
        lost = self.file('{"format": "faultline_history", "version": 1}\n'
                         '{"session": 1, "kind": "enqueue", "value": 1, "invoked": 0, "completed": 1}\n'
                         '{"session": 2, "kind": "dequeue", "invoked": 2}\n'
                         '{"session": 1, "kind": "dequeue", "value": null, "invoked": 3, "completed": 4}\n')
        done = self.run_program("check-history", lost, "--model", "unordered_queue", "--json", "verdict.json")
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn(": unknown\n", done.stdout)
        self.assertEqual(json.loads((self.folder / "verdict.json").read_text())["verdict"], "unknown")

    def test_check_history_of_what_is_no_history_is_exit_status_2(self):
        empty = self.file("", "empty.jsonl")
        self.assertEqual(self.run_program("check-history", empty, "--model", "set").returncode, 0)
        good = self.history(("alice", "write", 1))
        for file, arguments, message in [
                (self.file("a,b\n1,2\n", "table.csv"), ["--model", "register"], "cannot tell the format"),
                (self.file("\x00\xff\x00", "bytes.bin"), ["--model", "register", "--format", "jepsen_json"], "line 1"),
                (self.folder / "missing", ["--model", "register"], "no such file"),
                (good, ["--model", "set"], "line 2: a set has no write"),
                (good, ["--model", "regster"], 'did you mean "register"?'),
                (good, ["--model", "register", "--level", "casual"], 'did you mean "causal"?'),
                (good, ["--model", "register", "--format", "jepsen-jsn"], 'did you mean "jepsen_json"?'),
                (good, ["--model", "register", "--budget", "fast"], "--budget"),
                (good, [], "--model")]:
            with self.subTest(message):
                done = self.run_program("check-history", file, *arguments)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertIn(message, done.stderr)
                self.assertNotIn(ESCAPE, done.stderr)

    def test_wrong_usage_is_exit_status_2(self):
        for arguments in [[], ["fly"], ["run"], ["run", THREE_TIER, "--seed", "x"], ["run", THREE_TIER, "--jobs", "0"],
                          ["run", THREE_TIER, "--set", "nothing"], ["run", THREE_TIER, "--set", "nodes.app.wokers=1"]]:
            with self.subTest(arguments):
                done = self.run_program(*arguments)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(done.stdout, "")
                self.assertNotEqual(done.stderr, "")


class Console(ProgramTest):
    def test_every_shipped_scenario_fits_into_80_columns_and_has_no_colour_when_piped(self):
        for scenario in sorted(ROOT.glob("scenarios/*/*.json")):
            if scenario.parent.name == "schema":
                continue
            with self.subTest(scenario.name):
                done = self.run_program("run", scenario)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertEqual(done.stderr, "")
                self.assertEqual([line for line in done.stdout.splitlines() if len(line) > 80], [])
                self.assertNotIn(ESCAPE, done.stdout)

    def test_has_colour_on_a_terminal(self):
        status, text = self.on_terminal("run", THREE_TIER)
        self.assertEqual(status, 0)
        self.assertIn(ESCAPE + "[", text)

    def test_a_claim_that_does_not_hold_is_told_with_its_value_and_is_exit_status_1(self):
        claim = "requests.sent < 5"
        for quiet in [[], ["--quiet"]]:
            done = self.run_program("run", THREE_TIER, "--set", f'expect=["{claim}"]', *quiet)
            self.assertEqual(done.returncode, 1)
            self.assertIn(claim, done.stdout + done.stderr)
            self.assertRegex(done.stdout + done.stderr, r"27,?763")


class Progress(ProgramTest):
    LONG = ["run", THREE_TIER, "--set", "run.duration=1000d", "--set", "faults=[]", "--set", "expect=[]"]

    def test_ctrl_c_ends_the_run_in_order_with_what_was_measured(self):
        status, text = self.on_terminal(*self.LONG, "--json", "result.json", "--html", "report.html",
                                        interrupt_at="s virtual")
        self.assertEqual(status, 0)
        # Virtual time, how fast, and how long it will take.
        self.assertRegex(text, r"\d+ of 86400000 s virtual \(0 %\), [\d.]+ M events/s")
        self.assertIn("CUT SHORT", text)
        result = json.loads((self.folder / "result.json").read_text(encoding="utf-8"))
        self.assertTrue(result["cut_short"])
        self.assertLess(result["virtual_seconds"], result["planned_seconds"])
        requests = result["requests"]
        self.assertGreater(requests["sent"], 0)
        self.assertEqual(requests["sent"], sum(requests[end] for end in ["ok", "fail", "unknown", "in_flight"]))
        self.assertIn("cut short", (self.folder / "report.html").read_text(encoding="utf-8").lower())

    def test_ctrl_c_ends_replications_too(self):
        status, text = self.on_terminal(*self.LONG, "--replications", "3", "--jobs", "2", "--json", "result.json",
                                        interrupt_at="s virtual")
        if status == 0:
            self.assertIn("CUT SHORT", text)
        else:
            self.assertEqual(status, 3)
            self.assertIn("stopped before anything was measured", text)

    def test_a_termination_signal_does_the_same_and_a_pipe_sees_no_progress(self):
        child = subprocess.Popen([program, *map(str, self.LONG)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
        time.sleep(1.5)
        child.send_signal(signal.SIGTERM)
        out, error = child.communicate(timeout=60)
        self.assertEqual(child.returncode, 0)
        self.assertIn("CUT SHORT", out)
        self.assertEqual(error, "")

    def test_quiet_is_quiet_on_a_terminal(self):
        status, text = self.on_terminal("run", THREE_TIER, "--quiet", "--set", "run.duration=20000s", "--set", "expect=[]")
        self.assertEqual((status, text), (0, ""))


def processor_seconds_of_children():
    """What ended children have used: it does not depend on what else the machine does."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class WrongInput(ProgramTest):
    def refused(self, content, words, seconds=20):
        started = processor_seconds_of_children()
        done = self.run_program("run", self.file(content))
        self.assertEqual(done.returncode, 2, done.stderr[-500:])
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, words)
        self.assertLess(len(done.stderr), 200_000)
        self.assertLess(processor_seconds_of_children() - started, seconds)

    def test_what_is_no_json_is_told_with_line_and_column(self):
        self.refused('{"faultline": 1,\n "nodes": {]', r"line 2, column 12")
        self.refused(b"\x7fELF\x02\x01\x01\x00", r"UTF-8|not JSON")
        self.refused("", "empty")

    def test_what_is_no_utf_8_is_told_with_line_and_column(self):
        self.refused(b'{"faultline": 1,\n "title": "\xff"}', r"line 2, column 12")

    def test_files_that_cannot_be_read(self):
        for path in [self.folder / "none.json", self.folder]:
            done = self.run_program("run", path)
            self.assertEqual(done.returncode, 2)
            self.assertIn(str(path), done.stderr)

    def test_fifty_megabytes(self):
        # Of nested lists, of nodes that are wrong, and, as it may be, of remarks in front of what is right.
        million = 1_000_000
        self.refused("[" * (50 * million), "more than 64 levels|line 1")
        self.refused('{"faultline": 1, "nodes": {' + ",".join(f'"n{i}": {{"type": "databse"}}' for i in range(2 * million))
                     + "}}", "databse|nodes", seconds=60)
        padded = self.file("// remark\n" * (5 * million) + THREE_TIER.read_text(encoding="utf-8"))
        self.assertEqual(self.run_program("run", padded, "--quiet").returncode, 0)

    def test_a_hundred_thousand_levels(self):
        self.refused('{"nodes":' * 100_000 + "1" + "}" * 100_000, "more than 64 levels")
        self.refused('{"faultline": 1, "nodes": {"a": {"type": "clients", "arrivals": "' + "renewal(" * 100_000
                     + ")" * 100_000 + '"}}}', "nodes.a.arrivals")

    def test_names_are_shown_harmless(self):
        evil = "<script>alert</script>"
        scenario = json.loads(json.dumps(overload(queue_limit=10)).replace("app", evil, 2).replace('"' + evil + "_server",
                                                                                                  '"app_server'))
        scenario["title"] = evil + ESCAPE + "[31m\u202e"
        scenario["run"]["duration"] = "1s"
        done = self.run_program("run", self.file(scenario), "--html", "report.html")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(ESCAPE, done.stdout)
        page = (self.folder / "report.html").read_text(encoding="utf-8")
        self.assertNotIn(evil, page)
        self.assertIn("&lt;script&gt;alert", page)
        self.assertNotIn(ESCAPE, page)
        wrong = self.run_program("run", self.file({"faultline": 1, "nodes": {"a" + ESCAPE + "[31m": {"type": ESCAPE}}}))
        self.assertEqual(wrong.returncode, 2)
        self.assertNotIn(ESCAPE, wrong.stderr)


class WrongOutput(ProgramTest):
    def cannot_write(self, file, reason, prefix=()):
        for option in ["--json", "--html"]:
            with self.subTest(option):
                done = self.run_program("run", THREE_TIER, option, file, prefix=prefix)
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIn("cannot write " + str(file), done.stderr)
                self.assertRegex(done.stderr, reason)
                self.assertIn("REQUESTS", done.stdout)  # What can be shown is.

    def test_a_folder_that_is_not_there(self):
        self.cannot_write(self.folder / "none/result", "No such file")

    def test_a_folder_in_place_of_a_file(self):
        self.cannot_write(self.folder, "Is a directory|directory")

    def test_a_device_that_is_full(self):
        self.cannot_write("/dev/full", "No space left")
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([program, "run", THREE_TIER], stdin=subprocess.DEVNULL, stdout=full,
                                  stderr=subprocess.PIPE, text=True, timeout=120)
        self.assertEqual(done.returncode, 3)
        self.assertIn("cannot write to standard output", done.stderr)

    def test_a_disk_that_is_full_keeps_the_file_that_was_there(self):
        # A tmpfs of two pages, seen by the program alone.
        disk = self.folder / "disk"
        disk.mkdir()
        inside = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--user", "--map-root-user"])
        inside += ["sh", "-c", 'mount -t tmpfs -o size=8k none "$1" && echo old >"$1/result" && shift && "$@"; '
                   'status=$?; echo "left: $(ls -A disk) $(cat disk/result)"; exit $status', "sh", disk]
        if not shutil.which("unshare") or subprocess.run([*inside, "true"], cwd=self.folder,
                                                         capture_output=True).returncode != 0:
            self.skipTest("no file system can be mounted here")
        self.cannot_write(disk / "result", "No space left", inside)
        done = self.run_program("run", THREE_TIER, "--json", disk / "result", prefix=inside)
        self.assertIn("left: result old", done.stdout)

    def test_whoever_reads_may_leave(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([program, "run", THREE_TIER], stdin=subprocess.DEVNULL, stdout=writer,
                              stderr=subprocess.PIPE, timeout=120)
        os.close(writer)
        self.assertEqual(done.returncode, 3)


class Overload(ProgramTest):
    def test_a_queue_without_end_stops_the_run_and_names_the_node(self):
        scenario = self.file(overload())
        done = self.run_program("run", scenario)
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"cannot go on at [\d.]+ s, app: .*queue_limit")
        self.assertLess(self.peak_kib("run", scenario), 1_000_000)

    def test_a_bounded_queue_takes_an_hour_of_it_in_little_memory(self):
        scenario = self.file(overload(queue_limit=100))
        self.assertLess(self.peak_kib("run", scenario, "--quiet"), 40_000)

    def test_the_memory_of_a_run_does_not_grow_with_its_length(self):
        run = ["run", THREE_TIER, "--quiet", "--set", "faults=[]", "--set", "expect=[]", "--set"]
        short = self.peak_kib(*run, "run.duration=10s")
        self.assertLess(self.peak_kib(*run, "run.duration=1000s"), 1.1 * short + 1000)


def main():
    global program, sanitized
    sanitized = "sanitized" in sys.argv[2:]
    program = os.path.abspath(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    unittest.main(argv=[sys.argv[0]])


if __name__ == "__main__":
    main()
