#!/usr/bin/env python3
"""The script ./faultline on machines it does not run on here: with and without root, sudo, a terminal, packages, apt-get.

A copy of the script runs with a PATH that holds nothing but links to the system's small tools and the stand-ins written
here, which note how they were called. Nothing is installed and nothing is compiled.
"""

import os
import pathlib
import pty
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SMALL_TOOLS = ["awk", "bash", "cat", "cut", "dirname", "env", "flock", "grep", "head", "mkdir", "nproc", "readlink", "rm",
               "rmdir", "sed", "sh", "sleep", "stty", "tail", "tee", "touch"]
BUILD_PACKAGES = ["g++", "cmake", "ninja-build", "libboost-graph-dev", "libeigen3-dev", "nlohmann-json3-dev", "libcli11-dev",
                  "libfmt-dev", "robin-map-dev", "zlib1g-dev", "libssl-dev"]
GUI_PACKAGES = ["qt6-base-dev", "libqt6opengl6-dev", "qt6-svg-dev", "qt6-tools-dev", "qt6-tools-dev-tools", "qt6-l10n-tools",
                "qt6-translations-l10n", "libqcustomplot-dev", "fonts-dejavu-core"]
TEST_PACKAGES = ["libgtest-dev", "libgmock-dev", "python3", "python3-jsonschema"]
STORY_PACKAGES = ["xvfb", "openbox", "xdotool", "imagemagick", "poppler-utils", "desktop-file-utils", "appstream"]
BENCH_EXTRAS = ["valgrind", "libns3-dev", "python3-simpy3", "libsimgrid-dev"]

# Prints the installed ones as dpkg-query does; those removed by hand are known to it, but not installed.
DPKG_QUERY = r"""
shift 3
status=0
for name; do
  if grep -qxF -- "$name" "$STATE/installed"; then printf '%s installed\n' "$name"
  elif grep -qxF -- "$name" "$STATE/removed"; then printf '%s config-files\n' "$name"
  else echo "dpkg-query: no packages found matching $name" >&2; status=1; fi
done
exit $status
"""
# Installs what the archive has, once the lists are there.
APT_GET = r"""
echo "apt-get $* (as $(cat "$STATE/acting"), $DEBIAN_FRONTEND)" >>"$STATE/calls"
[ "$(cat "$STATE/acting")" = 0 ] || { echo "E: are you root?"; exit 100; }
shift 2
case $1 in
  update) touch "$STATE/lists"; exit 0 ;;
  install) shift 4 ;;
esac
for name; do
  [ -e "$STATE/lists" ] && ! grep -qxF -- "$name" "$STATE/unavailable" || { echo "E: Unable to locate package $name"; exit 100; }
  echo "$name" >>"$STATE/installed"
done
"""
SUDO = r"""
echo "sudo $*" >>"$STATE/calls"
[ "$(cat "$STATE/sudo")" = works ] || exit 1
[ "$1" = -n ] && shift
case $1 in -v|true) exit 0 ;; esac
cp "$STATE/acting" "$STATE/was"; echo 0 >"$STATE/acting"
"$@"; status=$?
cp "$STATE/was" "$STATE/acting"
exit $status
"""
CMAKE = r"""
echo "cmake $*" >>"$STATE/calls"
mkdir -p build/release
cache=build/release/CMakeCache.txt
case $* in *--fresh*) rm -f "$cache" ;; esac
touch "$cache"
for value in ON OFF; do
  case $* in *FAULTLINE_TESTS=$value*) sed -i /FAULTLINE_TESTS/d "$cache"; echo "FAULTLINE_TESTS:BOOL=$value" >>"$cache" ;; esac
  case $* in *FAULTLINE_GUI=$value*) sed -i /FAULTLINE_GUI/d "$cache"; echo "FAULTLINE_GUI:STRING=$value" >>"$cache" ;; esac
done
[ ! -e "$STATE/cmake_fails" ] || { echo "CMake Error: no such library"; exit 1; }
echo "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" >>build/release/CMakeCache.txt
touch build/release/build.ninja
"""
# The program it "builds" prints its arguments and folder, and ends with status 7 when asked to.
NINJA = r"""
echo "ninja $*" >>"$STATE/calls"
mkdir "$STATE/building" || echo "two builds at a time" >>"$STATE/calls"
sleep "$(cat "$STATE/build_seconds")"
rmdir "$STATE/building"
if [ -e "$STATE/build_fails" ]; then
  echo "[1/9] fine"; echo "FAILED: a.o"; echo "a.cpp:3: error: no"; echo "ninja: build stopped"; exit 1
fi
mkdir -p "$2/cli" "$2/gui"
cat >"$2/cli/faultline" <<'PROGRAM'
#!/bin/sh
for argument; do printf '<%s>' "$argument"; done
echo " in ${PWD##*/}"
[ "$1" != end_with_7 ] || exit 7
PROGRAM
chmod +x "$2/cli/faultline"
{ echo "#!/bin/sh"; echo "printf window; exec '$2/cli/faultline' \"\$@\""; } >"$2/gui/faultline-gui"
chmod +x "$2/gui/faultline-gui"
"""
CTEST = r"""
echo "ctest $*" >>"$STATE/calls"
echo "100% tests passed, 0 tests failed out of 3"
"""


class LauncherTest(unittest.TestCase):
    """A machine: root, with all packages for building, and no terminal, until a test says otherwise."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.base = pathlib.Path(folder.name).resolve()
        self.state = self.base / "state"
        self.path = self.base / "bin"
        self.checkout = self.base / "a check out"
        for made in [self.state, self.path, self.checkout]:
            made.mkdir()
        shutil.copy(ROOT / "faultline", self.checkout)
        for tool in [*SMALL_TOOLS, "cp", "chmod"]:
            (self.path / tool).symlink_to(shutil.which(tool))
        for name, text in {"dpkg-query": DPKG_QUERY, "apt-get": APT_GET, "cmake": CMAKE, "ninja": NINJA, "ctest": CTEST,
                           "id": 'cat "$STATE/user"'}.items():
            self.stand_in(name, text)
        self.note("installed", *BUILD_PACKAGES)
        for name in ["removed", "unavailable", "calls"]:
            self.note(name)
        self.note("build_seconds", "0")
        self.user("0")
        self.note("lists")

    def stand_in(self, name, text):
        (self.path / name).write_text("#!/bin/sh\n" + text)
        (self.path / name).chmod(0o755)

    def note(self, name, *lines):
        (self.state / name).write_text("".join(line + "\n" for line in lines))

    def user(self, number):
        self.note("user", number)
        self.note("acting", number)

    def sudo(self, answer):
        self.stand_in("sudo", SUDO)
        self.note("sudo", answer)

    def calls(self, program=""):
        return [line for line in (self.state / "calls").read_text().splitlines() if line.startswith(program)]

    def environment(self):
        return {"PATH": str(self.path), "STATE": str(self.state), "TERM": "dumb", "LC_ALL": "C.UTF-8"}

    def run_script(self, *arguments, cwd=None):
        return subprocess.run([self.checkout / "faultline", *arguments], env=self.environment(), cwd=cwd or self.base,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)

    def run_on_terminal(self, *arguments, answer):
        """With stdin and stderr on a terminal where a person types `answer`; returns exit status, stdout, stderr."""
        person, terminal = pty.openpty()
        os.write(person, answer.encode())
        with subprocess.Popen([self.checkout / "faultline", *arguments], env=self.environment(), cwd=self.base,
                              stdin=terminal, stdout=subprocess.PIPE, stderr=terminal) as process:
            os.close(terminal)
            shown = b""
            try:
                while chunk := os.read(person, 4096):
                    shown += chunk
            except OSError:  # how Linux tells that nobody holds the terminal any more
                pass
            printed = process.stdout.read().decode()
        os.close(person)
        return process.returncode, printed, shown.decode().replace("\r\n", "\n")

    # --- Nothing missing ---

    def test_nothing_missing_builds_and_runs(self):
        done = self.run_script("run", "a file.json", "--seed", "2")
        self.assertEqual(done.stdout, "<run><a file.json><--seed><2> in " + self.base.name + "\n")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(self.calls("apt-get"), [])
        self.assertEqual(self.calls("cmake"), ["cmake --preset release -DFAULTLINE_TESTS=OFF"])
        self.assertRegex(self.calls("ninja")[0], " faultline$")

    def test_the_exit_status_is_the_programs(self):
        self.assertEqual(self.run_script("end_with_7").returncode, 7)

    def test_a_later_run_says_nothing_and_configures_nothing(self):
        self.run_script("run")
        done = self.run_script("run")
        self.assertEqual(done.stderr, "")
        self.assertEqual(len(self.calls("cmake")), 1)
        self.assertEqual(len(self.calls("ninja")), 2)

    def test_works_through_a_link_and_keeps_the_callers_folder(self):
        link = self.base / "link"
        link.symlink_to(self.checkout / "faultline")
        elsewhere = self.base / "else where"
        elsewhere.mkdir()
        done = subprocess.run([link, "x"], env=self.environment(), cwd=elsewhere, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stdout, "<x> in else where\n")

    def test_a_moved_checkout_is_configured_afresh(self):
        self.run_script("run")
        moved = self.base / "moved"
        self.checkout.rename(moved)
        self.checkout = moved
        self.run_script("run")
        self.assertEqual(self.calls("cmake")[1:], ["cmake --preset release --fresh -DFAULTLINE_TESTS=OFF"])

    # --- Something missing ---

    def test_names_what_is_missing_and_installs_that_alone(self):
        self.note("installed", *(set(BUILD_PACKAGES) - {"cmake", "zlib1g-dev", "libfmt-dev"}))
        self.note("removed", "libfmt-dev")
        done = self.run_script("run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.splitlines()[:2], [
            "faultline: missing Debian packages: cmake libfmt-dev zlib1g-dev",
            "faultline: no terminal to ask on: going ahead"])
        self.assertEqual(self.calls("apt-get"), [
            "apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends -- cmake libfmt-dev zlib1g-dev "
            "(as 0, noninteractive)"])
        self.assertEqual(done.stdout, "<run> in " + self.base.name + "\n")

    def test_fetches_the_package_lists_when_it_must(self):
        (self.state / "lists").unlink()
        self.note("installed", *BUILD_PACKAGES[1:])
        done = self.run_script("run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([call.split()[3] for call in self.calls("apt-get")], ["install", "update", "install"])

    def test_a_package_that_cannot_be_had_is_an_error_with_the_reason(self):
        self.note("installed", *BUILD_PACKAGES[1:])
        self.note("unavailable", "g++")
        done = self.run_script("run")
        self.assertEqual(done.returncode, 3)
        self.assertIn("E: Unable to locate package g++\n", done.stderr)
        self.assertEqual(done.stderr.splitlines()[-1], "faultline: installing failed. By hand, as root: "
                         "apt-get update && apt-get install --no-install-recommends g++")
        self.assertEqual(self.calls("ninja"), [])

    # --- Root ---

    def test_without_root_and_sudo_it_says_what_to_do(self):
        self.user("1000")
        self.note("installed", *BUILD_PACKAGES[2:])
        for arguments in [["run"], ["--yes", "run"]]:
            done = self.run_script(*arguments)
            self.assertEqual(done.returncode, 3)
            self.assertEqual(done.stdout, "")
            self.assertEqual(done.stderr.splitlines()[-1],
                             "faultline: installing needs root or sudo, and neither works here. Have this run as root: "
                             "apt-get install --no-install-recommends g++ cmake")
        self.assertEqual(self.calls(), [])

    def test_without_root_it_uses_sudo_and_asks_no_password(self):
        self.user("1000")
        self.sudo("works")
        self.note("installed", *BUILD_PACKAGES[1:])
        done = self.run_script("--yes", "run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(all(call.startswith("sudo -n ") for call in self.calls("sudo")), self.calls())
        self.assertEqual([call.split(" (")[1] for call in self.calls("apt-get")], ["as 0, noninteractive)"])

    def test_a_sudo_that_wants_a_password_is_no_way(self):
        self.user("1000")
        self.sudo("refuses")
        self.note("installed", *BUILD_PACKAGES[1:])
        done = self.run_script("--yes", "run")
        self.assertEqual(done.returncode, 3)
        self.assertIn("neither works here", done.stderr)
        self.assertEqual(self.calls("apt-get"), [])

    def test_on_a_terminal_sudo_may_ask_its_password(self):
        self.user("1000")
        self.sudo("works")
        self.note("installed", *BUILD_PACKAGES[1:])
        status, _, _ = self.run_on_terminal("run", answer="y\n")
        self.assertEqual(status, 0)
        self.assertEqual(self.calls("sudo")[0], "sudo -v")
        self.assertFalse(any(" -n " in call for call in self.calls("sudo")))

    def test_without_root_nothing_missing_needs_no_root(self):
        self.user("1000")
        self.assertEqual(self.run_script("run").returncode, 0)

    # --- Asking ---

    def test_on_a_terminal_it_asks_and_takes_no_for_an_answer(self):
        self.note("installed", *BUILD_PACKAGES[1:])
        status, printed, shown = self.run_on_terminal("run", answer="n\n")
        self.assertEqual(status, 3)
        self.assertEqual(printed, "")
        self.assertIn("faultline: missing Debian packages: g++\nfaultline: install them? [y/n] ", shown)
        self.assertIn("nothing was installed. By hand, as root: apt-get install --no-install-recommends g++\n", shown)
        self.assertEqual(self.calls(), [])

    def test_on_a_terminal_it_goes_on_after_yes(self):
        self.note("installed", *BUILD_PACKAGES[1:])
        status, printed, _ = self.run_on_terminal("run", answer="y\n")
        self.assertEqual(status, 0)
        self.assertEqual(printed, "<run> in " + self.base.name + "\n")
        self.assertEqual(len(self.calls("apt-get")), 1)

    def test_yes_asks_nothing_on_a_terminal(self):
        self.note("installed", *BUILD_PACKAGES[1:])
        status, printed, shown = self.run_on_terminal("--yes", "run", answer="")
        self.assertEqual(status, 0)
        self.assertEqual(printed, "<run> in " + self.base.name + "\n")
        self.assertNotIn("[y/n]", shown)

    def test_yes_counts_as_the_first_argument_only(self):
        self.assertEqual(self.run_script("--yes", "run", "--yes").stdout, "<run><--yes> in " + self.base.name + "\n")

    # --- Other systems ---

    def test_without_apt_get_it_names_the_packages_and_goes_on(self):
        (self.path / "apt-get").unlink()
        self.note("installed")
        done = self.run_script("run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("no apt-get here, so nothing is installed; needed are what Debian calls: "
                      + " ".join(BUILD_PACKAGES), done.stderr)
        self.assertEqual(self.run_script("run").stderr, "")

    def test_without_apt_get_and_cmake_it_stops(self):
        (self.path / "apt-get").unlink()
        (self.path / "cmake").unlink()
        done = self.run_script("run")
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stderr.splitlines()[-1], "faultline: cmake is missing")

    # --- Building ---

    def test_a_failed_build_shows_its_first_failure(self):
        self.note("build_fails")
        done = self.run_script("run")
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stdout, "")
        self.assertIn("FAILED: a.o\na.cpp:3: error: no\n", done.stderr)
        self.assertNotIn("fine", done.stderr)
        self.assertEqual(done.stderr.splitlines()[-1], "faultline: the build failed")

    def test_a_failed_configuration_is_shown_and_tried_afresh(self):
        self.note("cmake_fails")
        done = self.run_script("run")
        self.assertEqual(done.returncode, 3)
        self.assertIn("CMake Error: no such library\n", done.stderr)
        (self.state / "cmake_fails").unlink()
        self.assertEqual(self.run_script("run").returncode, 0)
        self.assertIn("--fresh", self.calls("cmake")[1])

    def test_runs_at_the_same_time_build_one_after_another(self):
        self.note("build_seconds", "0.1")
        command = [self.checkout / "faultline", "run"]
        runs = [subprocess.Popen(command, env=self.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL) for _ in range(4)]
        self.assertEqual([run.wait(timeout=60) for run in runs], [0, 0, 0, 0])
        self.assertEqual(self.calls("two"), [])
        self.assertEqual(len(self.calls("ninja")), 4)
        self.assertEqual(len(self.calls("cmake")), 1)

    # --- The other commands ---

    def test_test_builds_all_and_hands_its_arguments_to_ctest(self):
        self.run_script("run")
        self.note("installed", *BUILD_PACKAGES, *GUI_PACKAGES, *TEST_PACKAGES)
        done = self.run_script("test", "-R", "some name")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.calls("cmake")[1:], ["cmake --preset release -DFAULTLINE_TESTS=ON -DFAULTLINE_GUI=ON"])
        self.assertRegex(self.calls("ninja")[1], " all$")
        self.assertRegex(self.calls("ctest")[0], "--output-on-failure .*-j2 -R some name$")
        self.assertEqual(done.stdout.splitlines()[-1], "100% tests passed, 0 tests failed out of 3")

    def test_tests_stay_switched_on(self):
        self.note("installed", *BUILD_PACKAGES, *GUI_PACKAGES, *TEST_PACKAGES)
        for command in ["test", "run", "gui", "test"]:
            self.run_script(command)
        self.assertEqual(self.calls("cmake"), ["cmake --preset release -DFAULTLINE_TESTS=ON -DFAULTLINE_GUI=ON"])

    def test_only_tests_need_the_packages_of_tests(self):
        self.run_script("run")
        self.assertEqual(self.calls("apt-get"), [])
        self.run_script("test")
        self.assertIn(" -- " + " ".join(GUI_PACKAGES + TEST_PACKAGES) + " ", self.calls("apt-get")[0])

    def test_without_apt_get_the_window_is_tested_where_it_can_be_built(self):
        (self.path / "apt-get").unlink()
        self.assertEqual(self.run_script("test").returncode, 0)
        self.assertEqual(self.calls("cmake"), ["cmake --preset release -DFAULTLINE_TESTS=ON"])

    def test_bench_goes_on_without_what_cannot_be_had(self):
        self.note("installed", *BUILD_PACKAGES, "python3")
        self.note("unavailable", "libns3-dev")
        (self.checkout / "tests/bench").mkdir(parents=True)
        (self.checkout / "tests/bench/run.py").write_text("import sys; print('bench', *sys.argv[1:])\n")
        (self.path / "python3").symlink_to(shutil.which("python3"))
        done = self.run_script("bench", "--json", "out")
        self.assertEqual(done.stdout, "bench --json out\n")
        self.assertIn("optional Debian packages, to compare with: " + " ".join(BENCH_EXTRAS), done.stderr)
        self.assertIn("libns3-dev cannot be installed here: going on without it", done.stderr)

    def test_tests_go_on_without_the_tools_of_the_windows_story(self):
        self.note("installed", *BUILD_PACKAGES, *GUI_PACKAGES, *TEST_PACKAGES)
        self.note("unavailable", "openbox")
        done = self.run_script("test")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("optional Debian packages, to use the window as a person does: " + " ".join(STORY_PACKAGES), done.stderr)
        self.assertIn("openbox cannot be installed here: going on without it", done.stderr)

    def test_bench_without_root_goes_on_without_the_optional_packages(self):
        self.user("1000")
        self.note("installed", *BUILD_PACKAGES, "python3")
        (self.checkout / "tests/bench").mkdir(parents=True)
        (self.checkout / "tests/bench/run.py").write_text("print('bench')\n")
        (self.path / "python3").symlink_to(shutil.which("python3"))
        done = self.run_script("bench")
        self.assertEqual((done.returncode, done.stdout), (0, "bench\n"))

    # --- The window ---

    def test_gui_installs_builds_and_opens_the_window(self):
        done = self.run_script("gui", "a file.json", "--lang", "ru")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "window<a file.json><--lang><ru> in " + self.base.name + "\n")
        self.assertEqual(done.stderr.splitlines()[0], "faultline: missing Debian packages: " + " ".join(GUI_PACKAGES))
        self.assertIn(" -- " + " ".join(GUI_PACKAGES) + " ", self.calls("apt-get")[0])
        self.assertEqual(self.calls("cmake"), ["cmake --preset release -DFAULTLINE_TESTS=OFF -DFAULTLINE_GUI=ON"])
        self.assertRegex(self.calls("ninja")[0], " faultline-gui$")

    def test_gui_switches_the_window_on_in_a_tree_that_runs(self):
        self.note("installed", *BUILD_PACKAGES, *GUI_PACKAGES, *TEST_PACKAGES)
        for command in ["run", "gui", "run", "gui", "test"]:
            self.run_script(command)
        self.assertEqual(self.calls("cmake"), ["cmake --preset release -DFAULTLINE_TESTS=OFF",
                                               "cmake --preset release -DFAULTLINE_GUI=ON",
                                               "cmake --preset release -DFAULTLINE_TESTS=ON"])

    def test_only_the_window_and_tests_need_its_packages(self):
        self.run_script("run")
        self.assertEqual(self.calls("apt-get"), [])


if __name__ == "__main__":
    unittest.main()
