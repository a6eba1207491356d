"""Hostile surroundings: no room, no rights, no reader, other languages, odd names, signals at any moment.

Whatever happens, a file that stands under its final name is a whole one, and the command, run again, succeeds.
"""

import contextlib
import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support import PROGRAM, FolderTest, program_json

SWEEP = "base: {network: sfc, accelerators: 2}\nvary: {batch: {from: 1, to: 8, step: 1}}\n"
TOPOLOGY = "Layer name, M, N, K,\na, 4, 4, 4,\n"

# Commands that write, all of them below `out`.
WRITERS = {
    "run": "run lenet-c -o out --trace out/trace.json",
    "compare": "compare lenet-c sfc --strategy data,hypar -o out",
    "sweep": "sweep s.yaml --jobs 2 -o out",
    "partition": "partition vgg-e -o out/plan.yaml",
    "noc": "noc --cycles 200 --warmup 100 --rate 0.1,0.4 -o out",
    "show": "show resnet-50 -o out",
    "import": "import t.csv -o out/net.yaml",
}
COMMANDS = {**WRITERS, "reproduce": "reproduce hpca19 --choices none -o out"}  # which takes seconds
KEPT_BY_SWEEPS = ("lock", "results.sqlite", "results.sqlite-journal")


def prepare(folder):
    """What the commands read, and the folder of those that make none."""
    Path(folder, "s.yaml").write_text(SWEEP)
    Path(folder, "t.csv").write_text(TOPOLOGY)
    Path(folder, "out").mkdir()


def run(command, folder, **options):
    words = [PROGRAM, *command.split()]
    options = {"stdin": subprocess.DEVNULL, "capture_output": True, "timeout": 300, **options}
    return subprocess.run(words, cwd=folder, **options)


def without_seconds(value):
    """JSON without what differs from run to run."""
    if isinstance(value, dict):
        return {key: without_seconds(item) for key, item in value.items() if key not in ("simulation", "wall_seconds")}
    return [without_seconds(item) for item in value] if isinstance(value, list) else value


def content_of(path):
    """What two runs have alike; None of a file that is not a whole one."""
    data = path.read_bytes()
    if path.suffix == ".json":
        try:
            return without_seconds(json.loads(data))
        except ValueError:
            return None
    if path.suffix == ".html":
        return "page" if data.endswith(b"</html>\n") else None
    return data if data.endswith(b"\n") else None


def contents(folder):
    """Of all files below `out` that have their final names."""
    files = sorted(path for path in Path(folder, "out").rglob("*") if path.is_file())
    return {path.name: content_of(path) for path in files
            if path.name not in KEPT_BY_SWEEPS and not path.name.endswith(".tmp")}


class WriterTest(unittest.TestCase):
    @contextlib.contextmanager
    def working_folder(self, **options):
        with tempfile.TemporaryDirectory(prefix="hypar ", **options) as folder:
            prepare(folder)
            yield folder

    def undisturbed(self, writer):
        """What the command writes, and how many seconds it takes."""
        with self.working_folder() as folder:
            begin = time.monotonic()
            done = run(COMMANDS[writer], folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            seconds = time.monotonic() - begin
            files = contents(folder)
            self.assertNotIn(None, files.values())
            self.assertTrue(files)
            return files, seconds

    def assert_whole(self, files, expected, may_be_partial):
        for name, content in files.items():
            self.assertIsNotNone(content, name)
            if not may_be_partial:
                self.assertEqual(content, expected.get(name), name)

    def strike(self, writer, number, moments, seed):
        """Sends the signal at random moments, each in a folder of its own, and runs the command again."""
        expected, seconds = self.undisturbed(writer)
        chance = random.Random(f"{seed} {writer} {number}")
        for _ in range(moments):
            moment = chance.uniform(0, 1.1 * seconds)
            with self.subTest(writer=writer, signal=number.name, moment=moment), self.working_folder() as folder:
                process = subprocess.Popen([PROGRAM, *COMMANDS[writer].split()], cwd=folder, stdin=subprocess.DEVNULL,
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(moment)
                process.send_signal(number)
                status = process.wait(timeout=60)
                self.assertIn(status, (0, 3, -number))
                self.assert_whole(contents(folder), expected, may_be_partial=status == 3)
                again = run(COMMANDS[writer], folder)
                self.assertEqual(again.returncode, 0, again.stderr)
                self.assertEqual(contents(folder), expected)


class Signals(WriterTest):
    def test_leave_no_file_half_written(self):
        for writer in WRITERS:
            self.strike(writer, signal.SIGKILL, 2, seed=1)
        for writer in ("run", "compare", "sweep", "noc"):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                self.strike(writer, number, 1, seed=1)


class SignalsLong(WriterTest):
    def test_leave_no_file_half_written(self):
        self.strike("reproduce", signal.SIGKILL, 10, seed=2)
        for writer in WRITERS:
            self.strike(writer, signal.SIGKILL, 100, seed=2)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                self.strike(writer, number, 10, seed=2)


class Disks(WriterTest):
    def test_where_nothing_may_be_written(self):
        options = {}
        if os.geteuid() == 0:
            options = {"user": 65534, "group": 65534, "extra_groups": []}
            if subprocess.run([PROGRAM, "--version"], capture_output=True, cwd="/", **options).returncode != 0:
                self.skipTest("nobody may not start the program")
        for writer, command in WRITERS.items():
            with self.subTest(writer=writer), self.working_folder() as folder:
                os.chmod(folder, 0o755)
                os.chmod(Path(folder, "out"), 0o555)
                done = run(command, folder, **options)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertRegex(done.stderr.decode(), r"(?m)^hypar: -o out.*: cannot write into .*out: Permission denied\n$")
                os.chmod(Path(folder, "out"), 0o755)
                self.assertEqual(contents(folder), {})

    def test_that_are_full(self):
        mount = "mount -t tmpfs -o size=16k full out"
        if subprocess.run(["unshare", "-m", "sh", "-c", mount], cwd=self.mount_point(), capture_output=True).returncode:
            self.skipTest("no file system can be mounted")
        for writer, command in WRITERS.items():
            if writer in ("partition", "import"):
                continue  # whose files fit
            with self.subTest(writer=writer), self.working_folder() as folder:
                script = f'{mount} && "$0" {command}; status=$?; cp -r out kept; exit $status'
                done = subprocess.run(["unshare", "-m", "sh", "-c", script, PROGRAM], cwd=folder, capture_output=True)
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIn(b"No space left on device" if writer != "sweep" else b"full", done.stderr)
                os.rmdir(Path(folder, "out"))
                os.rename(Path(folder, "kept"), Path(folder, "out"))
                self.assertNotIn(None, contents(folder).values())

    def mount_point(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        Path(holder.name, "out").mkdir()
        return holder.name


class Environments(WriterTest):
    def test_change_nothing(self):
        """Languages that are not installed are as C."""
        reference = run("compare lenet-c", ".", env={}).stdout
        self.assertIn(b" ms", reference)
        tries = [{}, {"HOME": "/nowhere"}, {"TERM": "xterm-256color"}, {"HOME": "", "TERM": "", "PATH": ""}, {"COLUMNS": "40"}]
        tries += [{"LANG": name, "LC_ALL": name} for name in ("C", "POSIX", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8")]
        for environment in tries:
            with self.subTest(environment=environment):
                done = run("compare lenet-c", ".", env=environment)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, reference, b""))

    def test_numbers_keep_their_point_where_languages_have_a_comma(self):
        installed = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.lower().split()
        for name in ("de_DE.UTF-8", "tr_TR.UTF-8"):
            with self.subTest(name=name):
                if name.lower().replace("utf-8", "utf8") not in installed:
                    self.skipTest(f"there is no locale {name} (Debian: locales-all)")
                environment = {"LC_ALL": name}
                report = json.loads(run("run lenet-c --format json", ".", env=environment).stdout)
                self.assertEqual(report["step"], program_json("run", "lenet-c")["step"])

    def test_rights_of_files_are_those_of_the_umask(self):
        for mask, rights in ((0o077, 0o600), (0o022, 0o644)):
            for writer in ("run", "sweep", "partition"):
                with self.subTest(mask=mask, writer=writer), self.working_folder() as folder:
                    self.assertEqual(run(COMMANDS[writer], folder, umask=mask).returncode, 0)
                    for path in Path(folder, "out").iterdir():
                        self.assertEqual(path.stat().st_mode & 0o777, rights, path.name)


ODD_NAMES = ["it's", 'say "x"', "back\\slash", "two\nlines", "ümläut 日本", "$(echo x)`y`", "%s;&|", "#x: y"]


class Paths(FolderTest):
    def test_of_any_name_are_read_and_written(self):
        for name in ODD_NAMES:
            with self.subTest(name=name):
                path = Path(name)
                path.mkdir()
                self.write(f"{name}/net.yaml", "name: n\ninput: {features: 8, tokens: 1}\n"
                                               "layers: [{name: fc, type: fc, out_features: 8}]\n")
                self.write(f"{name}/e.yaml", "network: ./net.yaml\nbatch: 8\naccelerators: 4\n")
                self.write(f"{name}/s.yaml", "base: ./e.yaml\nvary: {batch: [8, 16]}\n")
                where = f"./{name}"
                for words in (["check", f"{where}/e.yaml", f"{where}/net.yaml", f"{where}/s.yaml"],
                              ["run", f"{where}/e.yaml", "-o", f"{where}/run", "--trace", f"{where}/t.json"],
                              ["partition", f"{where}/net.yaml", "--accelerators", "4", "-o", f"{where}/plan.yaml"],
                              ["run", f"{where}/plan.yaml"],
                              ["sweep", f"{where}/s.yaml", "-o", f"{where}/sweep"],
                              ["query", f"{where}/sweep", "--format", "csv"],
                              ["report", f"{where}/sweep"],
                              ["report", f"{where}/run"]):
                    done = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True)
                    self.assertEqual(done.returncode, 0, (words, done.stderr))
                self.assertEqual([p.name for p in path.rglob("*.tmp")], [])

    def test_that_are_links_are_followed_and_stay(self):
        Path("there").mkdir()
        Path("elsewhere.json").write_text("{}")
        os.symlink("there", "out")
        os.symlink("../elsewhere.json", "there/report.json")
        self.assertEqual(run("run lenet-c -o out", ".").returncode, 0)
        self.assertTrue(os.path.islink("out") and os.path.islink("there/report.json"))
        self.assertEqual(json.loads(Path("elsewhere.json").read_text())["network"], "lenet-c")


class Streams(WriterTest):
    def test_that_are_closed_are_no_files_of_results(self):
        for writer in ("run", "sweep", "partition"):
            expected, _ = self.undisturbed(writer)
            for closed in ([0], [1], [0, 1, 2]):
                with self.subTest(writer=writer, closed=closed), self.working_folder() as folder:
                    redirections = " ".join(f"{number}>&-" for number in closed)
                    done = subprocess.run(["sh", "-c", f'exec "$0" {COMMANDS[writer]} {redirections}', PROGRAM], cwd=folder,
                                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    self.assertEqual(done.returncode, 3 if 1 in closed else 0)
                    self.assertEqual(contents(folder), expected)
                    if writer == "sweep":
                        self.assertNotIn(b"done", Path(folder, "out", "lock").read_bytes())

    def test_that_are_slow_get_all(self):
        expected = run("run lenet-c --format json", ".").stdout
        reader, writer = os.pipe()
        fcntl.fcntl(writer, 1031, 4096)  # F_SETPIPE_SZ: a page
        process = subprocess.Popen([PROGRAM, "run", "lenet-c", "--format", "json"], stdout=writer)
        os.close(writer)
        received = b""
        while part := os.read(reader, 2000):
            received += part
            time.sleep(0.0005)
        os.close(reader)
        self.assertEqual(process.wait(), 0)
        self.assertEqual(without_seconds(json.loads(received)), without_seconds(json.loads(expected)))

    def test_whose_reader_goes_away_lose_no_file(self):
        for writer in ("run", "sweep", "noc", "show"):
            expected, _ = self.undisturbed(writer)
            with self.subTest(writer=writer), self.working_folder() as folder:
                process = subprocess.Popen([PROGRAM, *COMMANDS[writer].split()], cwd=folder, stdout=subprocess.PIPE,
                                           stderr=subprocess.DEVNULL)
                process.stdout.close()
                self.assertIn(process.wait(timeout=60), (3, -signal.SIGPIPE))
                self.assertEqual(contents(folder), expected)
