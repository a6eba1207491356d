"""The package installs without a network, and its types hold."""

import base64
import csv
import hashlib
import os
import runpy
import shutil
import subprocess
import sys
import unittest
import zipfile
from pathlib import Path

import hypar
from support import PROGRAM, ROOT, FolderTest, needs


class Wheel(FolderTest):
    def build(self, hook):
        name = runpy.run_path(str(ROOT / "python/build_wheel.py"))[hook](str(self.folder))
        with zipfile.ZipFile(name) as archive:
            archive.extractall("site")
        return name

    def find(self):
        script = "import hypar, os; print(os.path.dirname(hypar.__file__), hypar.find_program(), sep='\\n')"
        variables = {name: value for name, value in os.environ.items() if name not in ("HYPAR", "PYTHONPATH")}
        words = [sys.executable, "-c", f"import site; site.addsitedir('site'); {script}"]
        return subprocess.run(words, env=variables, stdout=subprocess.PIPE, text=True).stdout.splitlines()

    def test_has_the_package_and_knows_its_checkout(self):
        self.assertEqual(self.build("build_wheel"), "hypar-0.2.0-py3-none-any.whl")
        there = {path.name for path in Path("site/hypar").iterdir()}
        own = {path.name for path in (ROOT / "python/hypar").iterdir() if path.is_file()}
        self.assertEqual(there, own | {"checkout.txt"})
        self.assertEqual(self.find(), [str(self.folder / "site/hypar"), str(ROOT / "hypar")])

    def test_editable_it_knows_the_package(self):
        self.build("build_editable")
        self.assertEqual(self.find(), [str(ROOT / "python/hypar"), str(ROOT / "hypar")])

    def test_its_record_is_right(self):
        self.build("build_wheel")
        with open("site/hypar-0.2.0.dist-info/RECORD", newline="") as file:
            rows = list(csv.reader(file))
        files = {str(path.relative_to("site")) for path in Path("site").rglob("*") if path.is_file()}
        self.assertEqual({name for name, *_ in rows}, files)
        for name, digest, size in rows[:-1]:
            content = Path("site", name).read_bytes()
            expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            self.assertEqual((digest, int(size)), (f"sha256={expected}", len(content)), name)


@needs("ensurepip", "python3-venv")
class InstallLong(FolderTest):
    def test_pip_installs_the_checkout(self):
        for options in ((), ("--editable",)):
            with self.subTest(options=options):
                self.make_venv()
                self.run_python("-m", "pip", "install", "--no-index", *options, str(ROOT))
                script = "import hypar; print(hypar.__file__, len(hypar.run('lenet-c', batch=4).layers))"
                folder = ROOT / "python" if options else self.folder / "venv"
                self.assertRegex(self.run_python("-c", script, HYPAR=PROGRAM), f"^{folder}/.* 4\n$")

    def make_venv(self):
        shutil.rmtree("venv", ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "venv"], check=True, stdout=subprocess.DEVNULL)

    def run_python(self, *words, **variables):
        kept = {name: value for name, value in os.environ.items() if name not in ("HYPAR", "PYTHONPATH")}
        done = subprocess.run([self.folder / "venv/bin/python", *words], env={**kept, **variables},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout


class Types(FolderTest):
    USER = """
import hypar
step: hypar.Run = hypar.run("vgg-a", batch=64, strategy={"name": "data"}, set={"schedule": "overlapped"})
print(step.step.seconds, step.to_records("links")[0]["bytes"])
plan = hypar.partition("vgg-a", levels=[4, 4], splits="batch,in")
rows = hypar.compare(plan.to_experiment(), strategy=["data", {"name": "hypar"}]).to_frame()
table: hypar.Table = hypar.sweep("paper-networks", "r").query(where="batch > 4", pareto=("seconds", "energy_joules"))
names: list[str] = [row.network for row in table[1:]]
"""

    def test_every_public_name_has_words(self):
        for name in hypar.__all__:
            self.assertTrue(getattr(hypar, name).__doc__, name)
        self.assertTrue((ROOT / "python/hypar/py.typed").is_file())

    @unittest.skipUnless(shutil.which("mypy"), "there is no mypy (Debian: mypy)")
    def test_mypy_is_content(self):
        self.write("user.py", self.USER)
        self.write("wrong.py", "import hypar\nhypar.run('vgg-a', batch='64')\nhypar.compare('vgg-a', stratgy='data')\n")
        self.assertIn("no issues found", self.mypy(ROOT / "python/hypar", "user.py"))
        wrong = self.mypy("wrong.py")
        self.assertIn('wrong.py:2: error: Argument "batch" to "run"', wrong)
        self.assertIn('wrong.py:3: error: Unexpected keyword argument "stratgy"', wrong)

    def mypy(self, *files):
        words = ["mypy", "--cache-dir=cache", f"--config-file={ROOT}/pyproject.toml", *map(str, files)]
        variables = {**os.environ, "MYPYPATH": str(ROOT / "python")}
        return subprocess.run(words, env=variables, stdout=subprocess.PIPE, text=True).stdout
