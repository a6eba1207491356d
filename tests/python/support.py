"""What several suites need."""

import contextlib
import importlib.util
import io
import json
import os
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ["HYPAR"]


def run_program(*words, folder="."):
    """What the program itself prints on standard output."""
    done = subprocess.run([PROGRAM, *map(str, words)], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True)
    return done.stdout.decode()


def program_json(*words, folder="."):
    return json.loads(run_program(*words, "--format", "json", folder=folder))


def without_times(report):
    """A run's report without what differs from run to run."""
    return {key: value for key, value in report.items() if key != "simulation"}


def needs(module, package):
    """Skips a test where a module of Debian's is not there."""
    found = importlib.util.find_spec(module) is not None
    return unittest.skipUnless(found, f"there is no {module} (Debian: {package})")


class FolderTest(unittest.TestCase):
    """A test in a working folder of its own, whose name has spaces and umlauts; what is said is in `said()`."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="hypar täst ")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        self._said = io.StringIO()
        redirected = contextlib.redirect_stderr(self._said)
        redirected.__enter__()
        self.addCleanup(redirected.__exit__, None, None, None)

    def said(self):
        return self._said.getvalue()

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def use_program(self, script):
        """Puts a shell script in the program's place."""
        path = self.write("program.sh", "#!/bin/bash\n" + script)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        self.set_environment("HYPAR", str(path))

    def set_environment(self, name, value):
        before = os.environ.get(name)
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
        self.addCleanup(lambda: os.environ.pop(name, None) if before is None else os.environ.update({name: before}))
