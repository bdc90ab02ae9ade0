"""What the bench shows: a table, a line of progress, and the JSON file."""

import json
import os
import pathlib
import stat
import sys
import tempfile

from programs import BenchError


def amount(value):
    """A rate with three digits and a unit prefix: 12.3 M."""
    for limit, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:.3g} {prefix}"
    return f"{value:.3g}"


class Output:
    """The table goes to standard output, or to standard error if the JSON goes to the former.

    The file is opened before anything is measured, so that a wrong path is known at once. It is
    written under another name and renamed when it is whole.
    """

    def __init__(self, file):
        self._file = pathlib.Path(file) if file and file != "-" else None
        self._to_stdout = file == "-"
        self._text = sys.stderr if self._to_stdout else sys.stdout
        self._live = sys.stderr.isatty()
        self._handle = None
        self._temporary = None

    def __enter__(self):
        if self._file:
            try:
                self._open()
            except OSError as error:
                raise self._failure(error) from error
        return self

    def __exit__(self, *_):
        self.clear()
        if self._handle:
            self._handle.close()
        if self._temporary:
            os.unlink(self._temporary)

    def _open(self):
        try:
            special = not stat.S_ISREG(os.stat(self._file).st_mode)
        except FileNotFoundError:
            special = False
        if special:  # a pipe or a device is written to as it is
            self._handle = open(self._file, "w", encoding="utf-8")
            return
        descriptor, self._temporary = tempfile.mkstemp(dir=self._file.parent,
                                                       prefix=self._file.name + ".")
        self._handle = open(descriptor, "w", encoding="utf-8")
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(descriptor, 0o666 & ~mask)

    def _failure(self, error):
        return BenchError(f"cannot write {self._file}: {error.strerror}")

    def progress(self, text):
        """One line on a terminal that is written again and again."""
        if self._live:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def clear(self):
        if self._live:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def line(self, text=""):
        print(text, file=self._text, flush=True)

    def finish(self, report):
        """Writes the JSON, if it was asked for."""
        text = json.dumps(report, indent=2) + "\n"
        if self._to_stdout:
            sys.stdout.write(text)
            sys.stdout.flush()
        if not self._handle:
            return
        try:
            self._handle.write(text)
            self._handle.flush()
            if self._temporary:
                os.fsync(self._handle.fileno())
            self._handle.close()
            if self._temporary:
                os.replace(self._temporary, self._file)
                self._temporary = None
        except OSError as error:
            raise self._failure(error) from error
        finally:
            self._handle = None
