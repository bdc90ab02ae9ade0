"""A screen of its own (Xvfb with the window manager openbox), a program on it, and hands: mouse and keyboard by xdotool.

What the program shows is read from the file it keeps for scripts (`--state`): where things are, and in what state.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

NEEDED = ["Xvfb", "openbox", "xdotool", "import", "convert"]
PACKAGES = "xvfb openbox xdotool imagemagick"


def missing_tools():
    return [tool for tool in NEEDED if not shutil.which(tool)]


class Failure(Exception):
    """A step did not do what it should."""


class Screen:
    def __init__(self, width, height):
        read_end, write_end = os.pipe()
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
                                       pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as number:
            self.display = ":" + number.readline().strip()
        self.home = tempfile.TemporaryDirectory()
        self.environment = {**os.environ, "DISPLAY": self.display, "HOME": self.home.name, "LC_ALL": "C.UTF-8",
                            "XDG_CONFIG_HOME": self.home.name + "/config", "XDG_DATA_HOME": self.home.name + "/data",
                            "XDG_RUNTIME_DIR": self.home.name, "QT_QPA_PLATFORM": "xcb", "QT_ACCESSIBILITY": "0"}
        self.manager = subprocess.Popen(["openbox"], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)

    def close(self):
        for process in [self.manager, self.server]:
            process.terminate()
            process.wait(timeout=20)
        self.home.cleanup()

    def tool(self, *words):
        done = subprocess.run(["xdotool", *map(str, words)], env=self.environment, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise Failure(f"xdotool {' '.join(map(str, words))}: {done.stderr}")
        return done.stdout

    def picture(self, file):
        subprocess.run(["import", "-window", "root", file], env=self.environment, check=True, timeout=60)

    # Hands.

    def move(self, x, y):
        self.tool("mousemove", round(x), round(y))
        time.sleep(0.05)

    def click(self, x, y, button=1, times=1):
        self.move(x, y)
        self.tool("click", "--repeat", times, "--delay", 80, button)
        time.sleep(0.1)

    def drag(self, start, end, steps=12):
        self.move(*start)
        self.tool("mousedown", 1)
        time.sleep(0.1)
        for step in range(1, steps + 1):
            part = step / steps
            self.move(start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)
        time.sleep(0.3)
        self.tool("mouseup", 1)
        time.sleep(0.2)

    def keys(self, *names):
        self.tool("key", "--delay", 60, *names)
        time.sleep(0.1)

    def type(self, text):
        self.tool("type", "--delay", 25, text)
        time.sleep(0.1)


class Program:
    """faultline-gui on a screen."""

    def __init__(self, screen, program, *arguments):
        self.screen = screen
        self.state_file = pathlib.Path(screen.home.name) / f"state-{time.monotonic_ns()}.json"
        self.log = open(screen.home.name + "/program.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen([program, "--no-welcome", "--state", self.state_file, *map(str, arguments)],
                                        env=screen.environment, stdout=self.log, stderr=subprocess.STDOUT)

    def state(self):
        if self.process.poll() is not None:
            self.log.seek(0)
            raise Failure(f"the program ended with {self.process.returncode}: {self.log.read()[-2000:]}")
        try:
            return json.loads(self.state_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}

    def wait(self, what, holds, seconds=20):
        """Waits until `holds` of the state is true and gives what it gave."""
        end = time.monotonic() + seconds
        while True:
            state = self.state()
            found = holds(state) if state else None
            if found:
                return found
            if time.monotonic() > end:
                raise Failure(f"waited {seconds} s for: {what}")
            time.sleep(0.1)

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)
        self.log.close()


def middle(rect):
    return rect[0] + rect[2] / 2, rect[1] + rect[3] / 2


def widget(state, part="widgets", **wanted):
    """The first widget whose entries are these; `part` may be "dialog"."""
    widgets = state.get("dialog", {}).get("widgets", []) if part == "dialog" else state.get("widgets", [])
    for entry in widgets:
        if all(entry.get(key) == value for key, value in wanted.items()):
            return entry
    return None


def item(state, text):
    """A row, tab or menu of the window that reads so."""
    for entry in state.get("widgets", []):
        for row in entry.get("items", []):
            if row["text"].replace("&", "") == text:
                return row
    return None


def menu_item(state, text):
    for entry in state.get("menu", []):
        if entry["text"].replace("&", "").startswith(text):
            return entry
    return None
