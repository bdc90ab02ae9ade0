#!/usr/bin/env python3
"""What `cmake --install` puts where, by component: package_test.py CMAKE BUILD-FOLDER [window]

The headless program comes without anything of the window; the window with all that a desktop wants of it.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

CMAKE, BUILD = sys.argv[1], sys.argv[2]
WINDOW = "window" in sys.argv[3:]
APP = "org.faultline.Faultline"


class PackageTest(unittest.TestCase):
    def install(self, component):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        done = subprocess.run([CMAKE, "--install", BUILD, "--component", component, "--prefix", folder.name],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        root = pathlib.Path(folder.name)
        return root, sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())

    def test_headless(self):
        root, files = self.install("headless")
        self.assertIn("bin/faultline", files)
        self.assertIn("share/faultline/scenarios/library/three_tier.json", files)
        self.assertIn("share/faultline/scenarios/schema/faultline.schema.json", files)
        self.assertEqual([name for name in files if "gui" in name or APP in name or "window" in name], [])
        shown = subprocess.run([root / "bin/faultline", "validate", root / "share/faultline/scenarios/library/three_tier.json"],
                               capture_output=True, text=True, timeout=60)
        self.assertEqual(shown.returncode, 0, shown.stderr)

    @unittest.skipUnless(WINDOW, "built without the window")
    def test_window(self):
        root, files = self.install("window")
        expected = ["bin/faultline-gui", f"share/applications/{APP}.desktop", f"share/metainfo/{APP}.metainfo.xml",
                    f"share/icons/hicolor/scalable/apps/{APP}.svg", "share/faultline/guide/window.md",
                    "share/faultline/guide/window.ru.md", "share/doc/faultline-gui/copyright"]
        expected += [f"share/icons/hicolor/{size}x{size}/apps/{APP}.png" for size in [16, 24, 32, 48, 64, 128, 256, 512]]
        self.assertEqual([name for name in expected if name not in files], [])
        self.assertNotIn("bin/faultline", files)
        for size in [16, 512]:
            png = (root / f"share/icons/hicolor/{size}x{size}/apps/{APP}.png").read_bytes()
            self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
            self.assertEqual(int.from_bytes(png[16:20], "big"), size)
        # Every picture that the installed guide shows is installed with it.
        for page in ["window.md", "window.ru.md"]:
            text = (root / "share/faultline/guide" / page).read_text(encoding="utf-8")
            for part in text.split("](pictures/")[1:]:
                self.assertIn("share/faultline/guide/pictures/" + part.split(")")[0], files)

    @unittest.skipUnless(WINDOW, "built without the window")
    def test_desktop_entry(self):
        root, _ = self.install("window")
        entry = root / f"share/applications/{APP}.desktop"
        fields = dict(line.split("=", 1) for line in entry.read_text(encoding="utf-8").splitlines() if "=" in line)
        self.assertEqual(fields["Type"], "Application")
        self.assertEqual(fields["Exec"].split()[0], "faultline-gui")
        self.assertEqual(fields["Icon"], APP)
        self.assertIn("Comment[ru]", fields)
        if shutil.which("desktop-file-validate"):
            done = subprocess.run(["desktop-file-validate", entry], capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (0, ""))

    @unittest.skipUnless(WINDOW, "built without the window")
    def test_metainfo(self):
        root, _ = self.install("window")
        info = root / f"share/metainfo/{APP}.metainfo.xml"
        tree = xml.etree.ElementTree.parse(info).getroot()
        self.assertEqual(tree.findtext("id"), APP)
        self.assertEqual(tree.findtext("launchable"), APP + ".desktop")
        # The version is that of the program.
        shown = subprocess.run([pathlib.Path(BUILD) / "cli/faultline", "--version"], capture_output=True, text=True, timeout=60)
        self.assertIn(tree.find("releases/release").get("version"), shown.stdout)
        if shutil.which("appstreamcli"):
            done = subprocess.run(["appstreamcli", "validate", "--no-net", info], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
