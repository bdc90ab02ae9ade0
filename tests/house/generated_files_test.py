#!/usr/bin/env python3
"""tests/generated_files must fail whenever the tree is not what the program prints, or the program cannot print it."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

# Stands in for the program: prints $FOLDER/schema and copies $FOLDER/pages.
PROGRAM = """#!/bin/sh
folder=$(dirname "$0")
case $1 in
  schema) cat "$folder/schema" ;;
  reference) mkdir -p "$2" && cp -r "$folder/pages/." "$2" ;;
  *) exit 2 ;;
esac
"""


class GeneratedFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.base = pathlib.Path(folder.name)
        self.tree = self.base / "tree"
        self.tree.mkdir()
        self.write("program/faultline", PROGRAM)
        (self.base / "program/faultline").chmod(0o755)
        self.write("program/schema", "{}\n")
        self.write("program/pages/index.md", "one\ntwo\n")
        self.write("program/pages/eviction/lru.md", "LRU\n")

    def write(self, path, text):
        (self.base / path).parent.mkdir(parents=True, exist_ok=True)
        (self.base / path).write_text(text)

    def check(self, *arguments):
        return subprocess.run([sys.executable, ROOT / "tests/generated_files", "--root", self.tree,
                               "--program", self.base / "program/faultline", *arguments],
                              capture_output=True, text=True, timeout=60)

    def assert_reported(self, *lines):
        done = self.check()
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stdout.splitlines()[:len(lines)], list(lines))

    def test_an_update_brings_the_tree_up_to_date(self):
        self.assert_reported("docs/reference/eviction/lru.md: missing", "docs/reference/index.md: missing",
                             "scenarios/schema/faultline.schema.json: missing")
        self.assertEqual(self.check("--update").returncode, 0)
        self.assertEqual((self.tree / "scenarios/schema/faultline.schema.json").read_text(), "{}\n")
        done = self.check()
        self.assertEqual((done.returncode, done.stdout), (0, "generated files: all 3 up to date\n"))

    def test_a_difference_is_shown(self):
        self.check("--update")
        self.write("tree/docs/reference/index.md", "one\n2\n")
        self.assert_reported("docs/reference/index.md: differs", "    --- in the tree", "    +++ generated",
                             "    @@ -1,2 +1,2 @@", "     one", "    -2", "    +two")

    def test_a_page_left_over_is_found_and_removed(self):
        self.check("--update")
        self.write("tree/docs/reference/old.md", "")
        self.assert_reported("docs/reference/old.md: no longer generated")
        self.check("--update")
        self.assertFalse((self.tree / "docs/reference/old.md").exists())

    def test_a_program_without_the_commands_is_a_failure(self):
        self.check("--update")
        for text in ["#!/bin/sh\nexit 2\n", "#!/bin/sh\nexit 0\n"]:
            self.write("program/faultline", text)
            self.assertEqual(self.check().returncode, 3)
            self.assertEqual(self.check("--update").returncode, 3)
        self.assertTrue((self.tree / "docs/reference/index.md").exists())

    def test_no_program_is_a_failure(self):
        (self.base / "program/faultline").unlink()
        self.assertEqual(self.check().returncode, 3)


if __name__ == "__main__":
    unittest.main()
