#!/usr/bin/env python3
"""What every file of the tree keeps to: no path of one machine, a test beside each policy and component, and in documents
pictures that are there and speak the language of the page."""

import pathlib
import re
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
NOT_OURS = {".git", ".cache", "build", "__pycache__"}

# An absolute path below somebody's home or work folder; not a part of a URL or of a relative path.
MACHINE_PATH = re.compile(r"(?<![\w.~}-])/(?:home|root|work|Users)/")
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
REGISTRATION = re.compile(r"\bRegistration<")


def files(folder):
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink() or entry.name in NOT_OURS:
            continue
        if entry.is_dir():
            yield from files(entry)
        else:
            yield entry


def machine_paths(root):
    """file:line of each absolute path of a machine, in text files."""
    found = []
    for file in files(root):
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{file.relative_to(root).as_posix()}:{number}: {line.strip()}"
                  for number, line in enumerate(lines, 1) if MACHINE_PATH.search(line)]
    return found


def untested(root):
    """Files below models/ that register a type and have no test of the same path below tests/."""
    missing = []
    for source in sorted((root / "models").rglob("*.cpp")):
        path = source.relative_to(root)
        test = root / "tests" / path.with_name(path.stem + "_test.cpp")
        if REGISTRATION.search(source.read_text(encoding="utf-8")) and not test.is_file():
            missing.append(f"{path.as_posix()}: no {test.relative_to(root).as_posix()}")
    return missing


def wrong_pictures(root):
    """Pictures of documents that are not there, that are in another language than the page (NAME-en, NAME-ru), and those in folders
    `pictures` that no page shows."""
    wrong = []
    shown = set()
    for page in files(root):
        if page.suffix != ".md":
            continue
        other = "-en" if page.name.endswith(".ru.md") else "-ru"
        for target in PICTURE.findall(page.read_text(encoding="utf-8")):
            if "://" in target:
                continue
            picture = (page.parent / target).resolve()
            shown.add(picture)
            if not picture.is_file():
                wrong.append(f"{page.relative_to(root).as_posix()}: there is no {target}")
            elif picture.stem.endswith(other):
                wrong.append(f"{page.relative_to(root).as_posix()}: {target} is in another language")
    docs = root / "docs"
    for picture in sorted(docs.rglob("*.png")) if docs.is_dir() else []:
        if picture.parent.name == "pictures" and picture.resolve() not in shown:
            wrong.append(f"{picture.relative_to(root).as_posix()}: no page shows it")
    return wrong


class TheTree(unittest.TestCase):
    def test_names_no_path_of_one_machine(self):
        self.assertEqual(machine_paths(ROOT), [])

    def test_has_a_test_for_every_registered_type(self):
        self.assertEqual(untested(ROOT), [])

    def test_shows_pictures_that_are_there_and_all_of_them(self):
        self.assertEqual(wrong_pictures(ROOT), [])


class TheRules(unittest.TestCase):
    """Each rule against small trees that break it and that keep it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, path, data):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(data.encode() if isinstance(data, str) else data)

    def test_a_machine_path_is_found(self):
        for folder in ["home", "root", "work", "Users"]:
            self.write("docs/a.md", f"first\nsee `/{folder}/somebody/file`\n")
            self.assertEqual(machine_paths(self.root), [f"docs/a.md:2: see `/{folder}/somebody/file`"])

    def test_what_only_looks_like_one_is_not(self):
        self.write("a.md", "https://example.org/" + "home/x, ../" + "work/x, throughput/" + "work/x, /homes/x\n")
        self.write("b.bin", b"\xff\xfe/" + b"home/x\n")
        self.write("build/release/log", "/" + "root/x\n")
        self.assertEqual(machine_paths(self.root), [])

    def test_a_registered_type_needs_its_test(self):
        self.write("models/algorithms/eviction/lru.cpp", "const sim::Registration<A, B, C> registered{{}};\n")
        self.write("models/algorithms/eviction/list.cpp", "// only helpers\n")
        self.assertEqual(untested(self.root), [
            "models/algorithms/eviction/lru.cpp: no tests/models/algorithms/eviction/lru_test.cpp"])
        self.write("tests/models/algorithms/eviction/lru_test.cpp", "")
        self.assertEqual(untested(self.root), [])

    def test_a_picture_is_there_is_shown_and_speaks_the_language_of_the_page(self):
        self.write("docs/pictures/a-en.png", b"x")
        self.write("docs/pictures/a-ru.png", b"x")
        self.write("docs/pictures/lonely.png", b"x")
        self.write("a.md", "![A](docs/pictures/a-en.png) ![B](https://example.org/b.png)\n")
        self.write("docs/a.ru.md", "![A](pictures/a-en.png) ![B](pictures/b.png) ![C](pictures/a-ru.png)\n")
        self.assertEqual(wrong_pictures(self.root.resolve()), [
            "docs/a.ru.md: pictures/a-en.png is in another language", "docs/a.ru.md: there is no pictures/b.png",
            "docs/pictures/lonely.png: no page shows it"])


if __name__ == "__main__":
    unittest.main()
