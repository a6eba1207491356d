"""Every command that README.md and docs show runs, and gives what they show (pages.py says how it is read).

The commands of a page run in its order in one folder of their own, with ./hypar, hypar, configs and python as in the
checkout.
"""

import doctest
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import onnx
from pages import Command, File, matches, parts

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ["HYPAR"]
PAGES = sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

# Beginnings of commands, and why these run with ./test --all alone.
LONG = {
    "./hypar reproduce hpca19 -o": "every figure with every choice, half a minute; tests/apps has its tables",
    "./hypar sweep collectives": "all topologies, up to 72 accelerators: minutes",
    "./hypar query collectives": "asks what that leaves",
    "./hypar sweep configs/sweeps/optimizer-state.yaml": "two GPT-2s, overlapped: minutes",
    "./hypar sweep configs/sweeps/schedules.yaml": "half a minute",
    "./hypar sweep configs/sweeps/unit-kinds.yaml": "120 points: a minute and more",
    "./hypar sweep paper-networks -o results  ": "720 points: minutes",
    "./hypar query results --where \"network == vgg-a\"": "asks what that leaves",
    "./hypar sweep topologies-equal": "36 points, each: a minute and more",
    "./hypar run llama-3-8b": "64 accelerators, 32 blocks",
    "./hypar run eight.yaml -o": "a quarter of a minute, for what --explain path has worked out before it",
    "./hypar sweep --around": "a hundred points and more, a quarter of a minute",
}
# And why these never run here.
LEFT_OUT = {
    "./test": "it is what runs this",
    "PYTHONPATH=python HYPAR=build-dev/bin/hypar python3 tests/python": "the same",
    "./hypar sweep sweep.yaml -o results --engine slurm": "needs a cluster; RealSlurm in tests/apps makes one",
    "./hypar sweep paper-networks -o results --engine slurm --sbatch": "the same",
    "python3 -m venv": "tests/python/package_test.py installs the package so, where there is venv",
    "~/hypar-python/bin/pip": "the same",
    "PYTHONPATH=~/.local/lib/python3/dist-packages": "tests/apps installs the package so",
    "PYTHONPATH=python python3 python/examples/": "tests/python/examples_test.py runs them, where there is matplotlib",
}
# What pages take for granted that is there.
GIVEN = {
    "resnet50.onnx": onnx.product("N", 8),
    "bert.onnx": onnx.product("batch", "sequence", 8),
}


def reason(command, listed):
    return next((why for begin, why in listed.items() if command.text.startswith(begin)), None)


def commands_of(page):
    return [part for part in parts((ROOT / page).read_text(encoding="utf-8")) if isinstance(part, Command)]


class PageTest(unittest.TestCase):
    def run_page(self, page, left_out):
        holder = tempfile.TemporaryDirectory(prefix="hypar docs ")
        self.addCleanup(holder.cleanup)
        folder = Path(holder.name)
        (folder / "hypar").symlink_to(PROGRAM)
        (folder / "python3").symlink_to(sys.executable)
        for name in ("configs", "python"):
            (folder / name).symlink_to(ROOT / name)
        for name, model in GIVEN.items():
            (folder / name).write_bytes(model)
        for part in parts((ROOT / page).read_text(encoding="utf-8")):
            if isinstance(part, File):
                (folder / part.name).write_text(part.text, encoding="utf-8")
            elif not reason(part, left_out):
                with self.subTest(f"{page}:{part.line}: {part.text}"):
                    self.run_command(part, folder)

    def run_command(self, command, folder):
        if command.output and command.output[0].startswith(">>> "):
            session = doctest.DocTestParser().get_doctest("\n".join(command.output) + "\n", {}, command.text, None, 0)
            self.assertEqual(doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(session).failed, 0)
            return
        environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
        done = subprocess.run(["bash", "-c", command.text], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        if command.output is not None and not matches(command.output, done.stdout):
            self.assertEqual("\n".join(command.output).strip("\n"), done.stdout.strip("\n"))


def tests_of_pages(left_out, pages):
    """A test for each page, which is named for it."""
    def test_of(page):
        return lambda self: self.run_page(page, left_out)

    return {"test_" + re.sub(r"\W", "_", page[:-len(".md")]): test_of(page) for page in pages}


Commands = type("Commands", (PageTest,), tests_of_pages(
    {**LONG, **LEFT_OUT}, [page for page in PAGES if commands_of(page)]))
CommandsLong = type("CommandsLong", (PageTest,), tests_of_pages(
    LEFT_OUT, [page for page in PAGES if any(reason(command, LONG) for command in commands_of(page))]))


class Lists(unittest.TestCase):
    def test_name_nothing_that_no_page_shows(self):
        texts = [command.text for page in PAGES for command in commands_of(page)]
        for begin in [*LONG, *LEFT_OUT, *GIVEN]:
            self.assertTrue(any(begin in text for text in texts), begin)
