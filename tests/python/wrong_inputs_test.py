"""Wrong inputs of every kind, each with its whole message and its exit status: the files of wrong_inputs/.

A case is a paragraph:

    $ check bad.yaml                  the command
    ! sweep s.yaml -o r               before it, a command that succeeds
    < bad.yaml                        a file; its lines follow, or after `hex` its bytes
    | network: lenet-c
    1> hypar: ...                     the exit status, and the lines of standard error

One without files is run in the folder of the one before. `$ROOT` is the folder of the sources,
`$PWD` that of the case.
"""

import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import PROGRAM, ROOT

TABLES = sorted(Path(__file__).with_name("wrong_inputs").glob("*.txt"))


class Case:
    def __init__(self, paragraph):
        self.files, self.before, self.said, self.status = {}, [], "", None
        lines = paragraph.split("\n")
        self.command = lines[0].removeprefix("$ ")
        for line in lines[1:]:
            mark, _, rest = line.partition(" ")
            if mark == "!":
                self.before.append(rest)
            elif mark == "<":
                name, _, self.kind = rest.partition(" ")
                self.files[name] = b""
            elif mark == "|":
                self.files[name] += bytes.fromhex(rest) if self.kind else rest.encode() + b"\n"
            else:
                self.status = int(mark.removesuffix(">"))
                self.said += rest + "\n"

    def prepare(self, folder):
        for name, content in self.files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for command in self.before:
            run(command, folder)

    def outcome(self, folder):
        done = run(self.command, folder)
        said = done.stderr.decode().replace(str(ROOT), "$ROOT").replace(str(folder), "$PWD")
        return done.returncode, said, done.stdout.decode()


def run(command, folder):
    words = [PROGRAM, *shlex.split(command)]
    return subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)


def cases(table):
    """Each with the folder that it is run in."""
    with tempfile.TemporaryDirectory() as holder:
        folder = Path(holder)
        for number, paragraph in enumerate(table.read_text(encoding="utf-8").strip("\n").split("\n\n")):
            case = Case(paragraph)
            if case.files or number == 0:
                folder = Path(holder, str(number))
                folder.mkdir()
            case.prepare(folder)
            yield case, folder


class WrongInputs(unittest.TestCase):
    def test_end_with_their_message_and_status(self):
        self.assertTrue(TABLES)
        for table in TABLES:
            for case, folder in cases(table):
                with self.subTest(table=table.name, command=case.command, files=case.files):
                    self.assertEqual(case.outcome(folder), (case.status, case.said, ""))
