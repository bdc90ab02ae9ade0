#!/usr/bin/env python3
"""A person's first hour with the window, by mouse and keyboard on a screen of its own:

    window_script.py PROGRAM [--keep FOLDER]          the story; a picture of each step goes to FOLDER
    window_script.py PROGRAM --pictures FOLDER        the pictures of README and guide, light and dark, English and Russian

Open the shop of three tiers, drag a server from the palette, wire it, give it eight workers, run, crash the others from
the menu, see the objective breached, export the report, and take everything back. Each step is checked by what it did:
in the saved file, in the state that the program tells, or in the pixels of the screen.

Exit status: 0 if every step held, 1 if one did not, 77 if the screen's tools are not installed.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time

from screen import PACKAGES, Failure, Program, Screen, item, menu_item, middle, missing_tools, widget

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
THREE_TIER = ROOT / "scenarios/library/three_tier.json"


def without_comments(text):
    return re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)


class Story:
    def __init__(self, program, keep):
        self.program_file = program
        self.keep = pathlib.Path(keep) if keep else None
        if self.keep:
            self.keep.mkdir(parents=True, exist_ok=True)
        self.number = 0
        self.screen = Screen(1440, 900)
        self.file = pathlib.Path(self.screen.home.name) / "shop.json"
        shutil.copy(THREE_TIER, self.file)
        self.program = None

    def close(self):
        if self.program:
            self.program.end()
        self.screen.close()

    def step(self, name, action):
        self.number += 1
        started = time.monotonic()
        try:
            action()
        except Failure:
            if self.keep:
                self.screen.picture(self.keep / f"{self.number:02}-{name}-FAILED.png")
                (self.keep / "state.json").write_text(json.dumps(self.program.state(), indent=1), encoding="utf-8")
            print(f"{self.number:2} {name}: FAILED", flush=True)
            raise
        print(f"{self.number:2} {name}: ok, {time.monotonic() - started:.1f} s", flush=True)
        if self.keep:
            self.screen.picture(self.keep / f"{self.number:02}-{name}.png")

    # What is looked at.

    def saved(self):
        """The file after Ctrl+S, as JSON."""
        self.screen.keys("ctrl+s")
        self.program.wait("the file is saved", lambda state: not state["modified"])
        return json.loads(without_comments(self.file.read_text(encoding="utf-8")))

    def node(self, name):
        return self.program.wait(f"the node {name} on the canvas", lambda state: state["canvas"]["nodes"].get(name))

    def click_canvas(self):
        """Where neither cards nor frames are: nothing is selected, and the keyboard belongs to the canvas."""
        x, y, _, _ = self.program.state()["canvas"]["rect"]
        self.screen.click(x + 30, y + 20)
        self.program.wait("nothing selected", lambda state: not state["canvas"]["selected"])

    def longest_line(self, rect, colour, tolerance=8):
        """How many pixels side by side in this part of the screen have this colour."""
        file = self.screen.home.name + "/part.png"
        self.screen.picture(file)
        x, y, width, height = rect
        raw = subprocess.run(["convert", file, "-crop", f"{width}x{height}+{x}+{y}", "+repage", "-depth", "8", "rgb:-"],
                             capture_output=True, check=True, timeout=60).stdout
        longest = 0
        for row in range(height):
            length = 0
            for at in range(3 * width * row, min(3 * width * (row + 1), len(raw) - 2), 3):
                length = length + 1 if all(abs(raw[at + i] - colour[i]) <= tolerance for i in range(3)) else 0
                longest = max(longest, length)
        return longest

    # The steps.

    def open(self):
        self.program = Program(self.screen, self.program_file, "--lang", "en", "--theme", "light", "--size", "1440x870", self.file)
        self.program.wait("five nodes", lambda state: len(state["canvas"]["nodes"]) == 5, seconds=60)
        state = self.program.state()
        if "shop" not in state["title"].lower():
            raise Failure(f"the title is {state['title']}")
        if state["problems"] != 0 or state["modified"]:
            raise Failure("a file that was only opened has problems or edits")

    def drag_server(self):
        row = self.program.wait("the palette's App server", lambda state: item(state, "App server"))
        canvas = self.program.state()["canvas"]["rect"]
        app = self.node("app")
        self.place = (middle(app["rect"])[0], min(middle(app["rect"])[1] + 2.2 * app["rect"][3], canvas[1] + canvas[3] - 60))
        self.screen.drag(middle(row["rect"]), self.place)

        def new_node(state):
            added = [name for name in state["canvas"]["nodes"] if name not in ("users", "edge", "app", "cache", "db")]
            return added and added[0]
        self.server = self.program.wait("a sixth node", new_node)
        if self.saved()["nodes"][self.server]["type"] != "app_server":
            raise Failure("the file has no new app server")

    def is_wired(self, state):
        return any(wire["from"] == "edge" and wire["to"] == self.server for wire in state["canvas"]["wires"])

    def wire(self):
        edge, server = self.node("edge"), self.node(self.server)
        start = (edge["rect"][0] + edge["rect"][2] - 1, middle(edge["rect"])[1])
        self.screen.move(*middle(edge["rect"]))
        self.screen.drag(start, middle(server["rect"]), steps=20)
        # Where several ports fit, the window asks which one.
        if self.program.wait("a wire or a question", lambda state: self.is_wired(state) or menu_item(state, "Backends")) is not True:
            self.choose("Backends")
        self.program.wait("a wire from edge", self.is_wired)
        if self.server not in self.saved()["nodes"]["edge"]["backends"]:
            raise Failure("the balancer does not name the new server")

    def workers(self):
        self.screen.click(*middle(self.node(self.server)["rect"]))
        self.program.wait("the server selected", lambda state: state["canvas"]["selected"] == [self.server])

        def field(state):
            for entry in state["widgets"]:
                if entry.get("label", "").lower().startswith("workers") and "Spin" in entry["class"] + "Spin":
                    if entry.get("text") is not None and entry["enabled"]:
                        return entry
            return None
        found = self.program.wait("the inspector's field for workers", field)
        # Something else first: eight may be what it has.
        for workers in [3, 8]:
            self.screen.click(*middle(found["rect"]))
            self.screen.keys("ctrl+a")
            self.screen.type(str(workers))
            self.screen.keys("Tab")
            self.program.wait("an edit", lambda state: state["modified"])
            if self.saved()["nodes"][self.server].get("workers", "default") != workers:
                raise Failure(f"the file does not say {workers} workers")

    def run(self):
        self.click_canvas()
        self.screen.keys("bracketleft", "bracketleft")  # a little slower: there is something to be done before its end
        self.screen.keys("space")
        self.program.wait("the run goes on", lambda state: state["run"]["state"] == "running")
        self.program.wait("some virtual time", lambda state: state["run"].get("now", 0) > 8, seconds=60)

    def crash(self):
        self.screen.keys("space")
        self.program.wait("the run is paused", lambda state: state["run"]["state"] == "paused")
        for name in ["app", self.server]:
            self.program.wait("no menu", lambda state: not state.get("menu"))
            self.screen.click(*middle(self.node(name)["rect"]), button=3)
            self.choose("Crash")
            self.program.wait(f"{name} crashed", lambda state, name=name: any(
                band["kind"] == "fault" and f"crash({name}" in band["name"] for band in state["run"].get("bands", [])), seconds=30)
        self.program.wait("dead nodes are told as such", lambda state: re.search(
            "crash|down", state["canvas"]["nodes"]["app"]["text"], re.IGNORECASE), seconds=30)

    def choose(self, text, seconds=10):
        """Clicks the entry of the open menu, in a submenu if need be."""
        entry = self.program.wait(f"the menu's {text}", lambda state: menu_item(state, text), seconds)
        self.screen.click(*middle(entry["rect"]))
        if entry["menu"]:
            first = self.program.wait("its submenu", lambda state: state.get("menu") and not menu_item(state, text) and state["menu"][0])
            self.screen.click(*middle(first["rect"]))

    def breach(self):
        chart = self.program.wait("the chart of throughput", lambda state: next(
            (entry for entry in state["widgets"] if entry["class"].endswith("ThroughputChart")), None))["rect"]
        vermillion = (213, 94, 0)  # the bar over a breach; the legend's line of this colour is short
        before = self.longest_line(chart, vermillion)
        self.click_canvas()
        self.screen.keys("space")
        self.program.wait("a breach of the objective", lambda state: any(
            band["kind"] == "breach" for band in state["run"].get("bands", [])), seconds=120)
        pill = self.program.wait("the pill says so", lambda state: (widget(state, name="sloPill") or {}).get("label", ""))
        if "fast" not in pill:
            raise Failure(f"the pill says {pill}")
        now = self.program.state()["run"]["now"]
        self.program.wait("five seconds more", lambda state: state["run"]["now"] > now + 5 or state["run"]["state"] != "running", seconds=60)
        self.screen.keys("space")
        time.sleep(0.5)
        after = self.longest_line(chart, vermillion)
        if after < before + 15:
            raise Failure(f"no band of the breach in the chart: {before} pixels before, {after} after")

    def report(self):
        self.screen.keys("shift+F5")
        self.program.wait("the run is over", lambda state: state["run"]["state"] == "finished", seconds=60)
        self.screen.keys("ctrl+e")
        self.program.wait("a dialog", lambda state: state.get("dialog"))
        target = pathlib.Path(self.screen.home.name) / "report.html"
        self.export_to(target)
        end = time.monotonic() + 60
        while not (target.exists() and target.stat().st_size > 10000):
            if time.monotonic() > end:
                raise Failure("no report was written")
            time.sleep(0.2)
        text = target.read_text(encoding="utf-8")
        for part in ["Three-tier shop", "<svg", "crash(app", self.server]:
            if part not in text:
                raise Failure(f"the report does not speak of {part}")
        if self.keep:
            shutil.copy(target, self.keep / "report.html")

    def export_to(self, target):
        """Types the file's name into the open dialog of the report, and takes its button."""
        def field(state):
            return next((entry for entry in state.get("dialog", {}).get("widgets", [])
                         if entry["class"] == "QLineEdit" and entry["text"].endswith(".html")), None)
        self.screen.click(*middle(self.program.wait("the file's name", field)["rect"]))
        self.screen.keys("ctrl+a")
        self.screen.type(str(target))
        self.screen.keys("Return")
        time.sleep(0.5)
        if self.program.state().get("dialog"):
            button = self.program.wait("the button", lambda state: next(
                (entry for entry in state.get("dialog", {}).get("widgets", []) if entry["class"] == "QPushButton"
                 and re.search("export|save|write", entry["text"], re.IGNORECASE)), None))
            self.screen.click(*middle(button["rect"]))

    def undo_all(self):
        self.program.wait("no dialog", lambda state: not state.get("dialog"))
        self.click_canvas()
        for _ in range(20):
            self.screen.keys("ctrl+z")
        self.saved()
        if self.file.read_bytes() != THREE_TIER.read_bytes():
            raise Failure("after undoing everything the file is not what it was, byte for byte")

    def tell(self):
        for name, action in [("open", self.open), ("drag-server", self.drag_server), ("wire", self.wire), ("workers", self.workers),
                             ("run", self.run), ("crash", self.crash), ("breach", self.breach), ("report", self.report),
                             ("undo", self.undo_all)]:
            self.step(name, action)


def pictures(program, folder):
    """The pictures of README and guide."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    # name, language, theme, scenario, share of the run after which it stands still (in the midst of the crash, or soon behind it),
    # the node that the inspector shows, whether the minimap gives its room to the cards
    wanted = [("window-light-en", "en", "light", "multi_layer", 0.36, "l4_b", True),
              ("window-dark-ru", "ru", "dark", "multi_layer", 0.36, "l4_b", True),
              ("window-dark-en", "en", "dark", "three_tier", 0.6, "app", False),
              ("window-light-ru", "ru", "light", "three_tier", 0.6, "app", False)]
    for name, language, theme, scenario, share, node, hide_minimap in wanted:
        screen = Screen(1440, 900)
        try:
            shown = Program(screen, program, "--lang", language, "--theme", theme, "--size", "1440x872", "--run",
                            ROOT / f"scenarios/library/{scenario}.json")
            shown.wait("a run", lambda state: state.get("run", {}).get("now", 0) > 0, seconds=60)
            shown.wait("its moment", lambda state, share=share: state["run"]["now"] > share * state["run"]["end"], seconds=120)
            canvas = shown.state()["canvas"]["rect"]
            screen.click(canvas[0] + 20, canvas[1] + canvas[3] - 20)
            screen.keys("space")
            shown.wait("a pause", lambda state: state["run"]["state"] == "paused")
            if hide_minimap:
                screen.keys("m", "f")
                time.sleep(1.5)  # Until the state tells where the cards are now.
            screen.click(*middle(shown.state()["canvas"]["nodes"][node]["rect"]))
            shown.wait("the node selected", lambda state, node=node: state["canvas"]["selected"] == [node])
            screen.move(5, 890)
            time.sleep(1.5)
            picture = folder / f"{name}.png"
            screen.picture(picture)
            # Less than half as large: 256 colours are enough for a window.
            subprocess.run(["convert", picture, "+dither", "-colors", "256", "-strip", picture], check=True, timeout=60)
            print(folder / f"{name}.png", flush=True)
            shown.end()
        finally:
            screen.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="faultline-gui")
    parser.add_argument("--keep", help="folder for a picture of each step")
    parser.add_argument("--pictures", help="make the pictures of the documentation in this folder instead")
    arguments = parser.parse_args()
    missing = missing_tools()
    if missing:
        print(f"not installed: {' '.join(missing)}. On Debian: apt-get install {PACKAGES}")
        return 77
    if arguments.pictures:
        pictures(arguments.program, arguments.pictures)
        return 0
    story = Story(arguments.program, arguments.keep)
    try:
        story.tell()
    except Failure as failure:
        print(failure)
        return 1
    finally:
        story.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
