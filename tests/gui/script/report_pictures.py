#!/usr/bin/env python3
"""The pictures of reports in README and guide, English and Russian:

    report_pictures.py PROGRAM FOLDER        PROGRAM: faultline; FOLDER: docs/pictures

Runs the scenario, writes its page, keeps the sections that the picture is of, and takes a picture of it with chromium.

Exit status: 0, or 77 if chromium or imagemagick is not installed.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
# name, scenario, sections of the page by number, or the charts of its nodes alone, width
WANTED = [("app_crash", "basics/app_crash.json", (1, 2), False, 1100),
          ("retry_storm", "incidents/retry_storm.json", None, True, 1100),
          ("metastable", "incidents/metastable.json", None, True, 1100)]


def only_sections(page, numbers):
    """The page's head and these sections, counted from 1."""
    main = page.index("<main>") + len("<main>")
    end = page.index("</main>")
    starts = [match.start() for match in re.finditer("<h2>", page[:end])] + [end]
    kept = "".join(page[starts[number - 1]:starts[number]] for number in numbers)
    foot = page.index("<footer>")
    return page[:main] + kept + page[end:foot] + "</body></html>"


def only_charts_of_nodes(page):
    """The last grid of charts: those of the nodes."""
    begin = page.rindex('<div class="charts">')
    end = page.index("</figure>\n</div>", begin) + len("</figure>\n</div>")
    body = page.index("<body>") + len("<body>")
    hatch = page[body:page.index("</svg>", body) + len("</svg>")]
    return page[:body] + hatch + '<div style="padding:20px 20px 0">' + page[begin:end] + "</div></body></html>"


def main():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium or not shutil.which("convert"):
        print("not installed: chromium or imagemagick. On Debian: apt-get install chromium imagemagick")
        return 77
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as room:
        for name, scenario, sections, nodes, width in WANTED:
            for language in ["en", "ru"]:
                file = pathlib.Path(room) / "page.html"
                subprocess.run([program, "run", ROOT / "scenarios" / scenario, "--html", file, "--lang", language],
                               check=True, stdout=subprocess.DEVNULL)
                page = file.read_text(encoding="utf-8").replace('data-theme="auto"', 'data-theme="light"')
                file.write_text(only_charts_of_nodes(page) if nodes else only_sections(page, sections), encoding="utf-8")
                target = folder / f"{name}-{language}.png"
                subprocess.run([chromium, "--headless", "--no-sandbox", "--hide-scrollbars", f"--user-data-dir={room}/profile",
                                f"--window-size={width},2400", f"--screenshot={target}", file.as_uri()],
                               check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
                # What is empty below is cut off; 128 colours are enough for lines and letters.
                box = subprocess.run(["convert", target, "-format", "%@", "info:"], check=True, capture_output=True, text=True).stdout
                _, height, _, top = map(int, re.split("[x+]", box))
                subprocess.run(["convert", target, "-crop", f"{width}x{top + height + 20}+0+0", "+repage", "+dither", "-colors", "128",
                                "-strip", target], check=True)
                print(target, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
