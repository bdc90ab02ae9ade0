#!/usr/bin/env python3
"""`faultline cap-chart` as its user meets it: results of several runs in, a table and a page out; and whatever else may
come in, or not go out.

    cap_chart_test.py PROGRAM
"""

import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CAP = ROOT / "scenarios/library/cap"
ESCAPE = "\x1b"

program = None  # given on the command line


def result(title="Raft", strongest="linearizable", histories=5, p99=0.06, availability=0.5):
    """As much of a result of `faultline run --json` as the chart is drawn from."""
    return {"faultline": 1, "scenario": {"title": title},
            "consistency": {"strongest": strongest, "histories": histories,
                            "undisturbed_latency_seconds": {"p99": p99}, "disturbed_availability": availability}}


class Page(html.parser.HTMLParser):
    """The points, names and cells of a page; and whether every element is closed."""
    VOID = {"meta", "link", "br", "hr", "img", "input", "circle", "line", "rect", "path", "polyline"}

    def __init__(self, text):
        super().__init__()
        self.open, self.points, self.texts, self.scripts = [], 0, [], 0
        self.feed(text)
        self.close()

    def handle_startendtag(self, tag, attributes):
        self.points += tag == "circle"

    def handle_starttag(self, tag, attributes):
        self.points += tag == "circle"
        self.scripts += tag == "script"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open and self.open[-1] == tag, (tag, self.open)
            self.open.pop()

    def handle_data(self, data):
        if data.strip():
            self.texts.append(data.strip())


class CapChart(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def file(self, content, name="result.json"):
        path = self.folder / name
        if isinstance(content, dict):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return name

    def chart(self, *arguments, **options):
        options.setdefault("stdout", subprocess.PIPE)
        return subprocess.run([program, "cap-chart", *arguments], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              text=True, errors="replace", timeout=60, cwd=self.folder, check=False, **options)

    def page(self, name="cap.html"):
        return Page((self.folder / name).read_text(encoding="utf-8"))


class FromRuns(CapChart):
    def test_of_two_configurations(self):
        measured = {}
        for name in ("raft", "primary_async"):
            done = subprocess.run([program, "run", CAP / f"{name}.json", "--quiet", "--json", self.folder / f"{name}.json"],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            measured[name] = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        done = self.chart("raft.json", "primary_async.json", "--html", "cap.html")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.splitlines()
        self.assertLessEqual(max(map(len, lines)), 80)
        self.assertNotIn(ESCAPE, done.stdout)
        page = self.page()
        self.assertEqual((page.open, page.points), ([], 2))
        for name, wrote in measured.items():
            consistency = wrote["consistency"]
            title = wrote["scenario"]["title"]
            # A long one is cut.
            row = next(line for line in lines if re.split(r"  +", line.strip())[0].rstrip("…") in title
                       and line.strip().startswith(title[:15]))
            self.assertIn(consistency["strongest"], row)
            self.assertIn(wrote["scenario"]["title"], page.texts)
            # Both shown to three digits at least: seconds as they are told, a share in per cent.
            share = float(re.search(r"([\d.]+) ?%", row)[1])
            self.assertAlmostEqual(share, 100 * consistency["disturbed_availability"], delta=0.6, msg=name)
            number, unit = re.search(r"([\d.]+) (us|µs|ms|s)\b", row).groups()
            seconds = float(number) * {"us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1}[unit]
            self.assertAlmostEqual(seconds / consistency["undisturbed_latency_seconds"]["p99"], 1, delta=0.02, msg=name)
        self.assertEqual(measured["raft"]["consistency"]["strongest"], "linearizable")

    def test_a_result_without_the_section_is_refused_by_name(self):
        self.file(result(), "good.json")
        subprocess.run([program, "run", ROOT / "scenarios/basics/app_crash.json", "--quiet",
                        "--json", self.folder / "app_crash.json"], stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                       check=False)
        done = self.chart("good.json", "app_crash.json", "--html", "cap.html")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr, 'faultline: app_crash.json: consistency was not measured; give the scenario a "consistency" '
                                      'section\n')
        self.assertFalse((self.folder / "cap.html").exists())


class Input(CapChart):
    def test_one_of_no_title_or_of_several_of_one_is_called_as_its_file(self):
        files = [self.file(result(), "first.json"), self.file(result(), "second.json"),
                 self.file(result(title=""), "third.json"), self.file(result(title="Alone"), "fourth.json")]
        done = self.chart(*files)
        self.assertEqual(done.returncode, 0)
        for name in ("first", "second", "third", "Alone"):
            self.assertIn(name, done.stdout)
        self.assertNotIn("Raft", done.stdout)
        self.assertNotIn("fourth", done.stdout)

    def test_all_that_cannot_be_read_is_told_at_once_and_nothing_is_drawn(self):
        (self.folder / "folder.json").mkdir()
        files = [self.file(result(), "good.json"), "none.json", "folder.json", self.file("", "empty.json"),
                 self.file('{"faultline": 1,\n "nodes": {]', "broken.json"), self.file("[1, 2]", "list.json"),
                 self.file({"version": 1}, "other.json"), self.file(b'{"faultline": "\xff"}', "bytes.json"),
                 self.file({"faultline": 1, "consistency": []}, "wrong.json"),
                 self.file('{"a":' * 100_000 + "1" + "}" * 100_000, "deep.json")]
        done = self.chart(*files, "--html", "cap.html")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        for name in files[1:]:
            self.assertRegex(done.stderr, rf"(?m)^(faultline: )?{re.escape(name)}", name)
        self.assertNotIn("good.json", done.stderr)
        self.assertRegex(done.stderr, r"broken\.json: not JSON: line 2, column 12")
        self.assertFalse((self.folder / "cap.html").exists())

    def test_numbers_that_cannot_be_are_not_measured(self):
        for name, changed in {"none": {"p99": None, "availability": None, "strongest": None, "histories": None},
                              "words": {"p99": "1", "availability": [], "strongest": 7, "histories": {}},
                              "huge": {"p99": 1e300, "availability": 1e300, "histories": 1e300},
                              "negative": {"p99": -1, "availability": -0.5, "histories": -3}}.items():
            with self.subTest(name):
                done = self.chart(self.file(result(**changed)), "--html", "cap.html")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                row = next(line for line in done.stdout.splitlines() if "Raft" in line)
                self.assertRegex(row, r"\s0\s.*–.*–")
                self.assertEqual((self.page().open, self.page().points), ([], 0))
        # An answer within no time at all, and nothing that went wrong, are values as any other.
        self.chart(self.file(result(p99=0, availability=1)), "--html", "cap.html")
        self.assertEqual(self.page().points, 1)

    def test_titles_are_shown_harmless(self):
        evil = "<script>alert(1)</script> & \"quoted\" ' " + ESCAPE + "[31m\u202e\x00\n</svg>"
        done = self.chart(self.file(result(title=evil)), self.file(result(title="Ünïcödé — 漢字"), "other.json"),
                          "--html", "cap.html")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for hidden in (ESCAPE, "\x00", "\u202e"):
            self.assertNotIn(hidden, done.stdout)
        text = (self.folder / "cap.html").read_text(encoding="utf-8")
        self.assertNotIn("<script>alert", text)
        self.assertIn("&lt;script&gt;alert(1)", text)
        for hidden in (ESCAPE, "\x00"):
            self.assertNotIn(hidden, text)
        page = self.page()
        self.assertEqual(page.open, [])
        self.assertEqual(page.points, 2)
        self.assertIn("Ünïcödé — 漢字", " ".join(page.texts))

    def test_the_name_of_a_file_is_shown_harmless_too(self):
        done = self.chart("none" + ESCAPE + "[31m.json")
        self.assertEqual(done.returncode, 2)
        self.assertNotIn(ESCAPE, done.stderr)

    def test_wrong_usage(self):
        self.file(result())
        for arguments in ([], ["result.json", "--what"], ["result.json", "--html"]):
            done = self.chart(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertNotEqual(done.stderr, "")

    def test_help_has_an_example(self):
        done = self.chart("--help")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"(?s)Example:.*faultline cap-chart")


class Output(CapChart):
    def test_a_page_on_standard_output_stands_alone(self):
        done = self.chart(self.file(result()), "--html", "-")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("<!"), done.stdout[:80])
        self.assertEqual((Page(done.stdout).open, Page(done.stdout).points), ([], 1))

    def test_a_page_that_cannot_be_written_is_exit_status_3(self):
        file = self.file(result())
        (self.folder / "folder").mkdir()
        for where, why in {"none/cap.html": "No such file", "folder": "directory", "/dev/full": "No space left"}.items():
            with self.subTest(where):
                done = self.chart(file, "--html", where)
                self.assertEqual(done.returncode, 3)
                self.assertRegex(done.stderr, f"^faultline: cannot write {re.escape(where)}: .*{why}")
                self.assertIn("Raft", done.stdout)  # What can be shown is.
        self.assertEqual(os.listdir(self.folder / "folder"), [])

    def test_a_table_that_cannot_be_written_is_exit_status_3(self):
        file = self.file(result())
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = self.chart(file, stdout=full)
        self.assertEqual((done.returncode, done.stderr), (3, "faultline: cannot write to standard output\n"))

    def test_an_older_page_is_written_anew(self):
        self.file(result())
        (self.folder / "cap.html").write_text("old", encoding="utf-8")
        self.assertEqual(self.chart("result.json", "--html", "cap.html").returncode, 0)
        self.assertEqual(self.page().points, 1)
        self.assertEqual(sorted(os.listdir(self.folder)), ["cap.html", "result.json"])


if __name__ == "__main__":
    program = os.path.abspath(sys.argv.pop(1))
    unittest.main()
