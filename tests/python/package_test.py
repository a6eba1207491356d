"""The package installs without a network, and its types hold."""

import os
import shutil
import subprocess
import sys
import unittest

import hypar
from support import PROGRAM, ROOT, FolderTest, needs


@needs("ensurepip", "python3-venv")
class Install(FolderTest):
    def test_pip_installs_the_checkout(self):
        for options in ((), ("--editable",)):
            with self.subTest(options=options):
                self.make_venv()
                self.run_python("-m", "pip", "install", "--no-index", *options, str(ROOT))
                script = "import hypar; print(hypar.find_program()); print(len(hypar.run('lenet-c', batch=4).layers))"
                self.assertEqual(self.run_python("-c", script, HYPAR=PROGRAM), f"{os.path.abspath(PROGRAM)}\n4\n")
                self.assertEqual(self.run_python("-c", "import hypar; print(hypar.find_program())"), f"{ROOT}/hypar\n")
                inside = self.run_python("-c", "import hypar; print(hypar.__file__)").startswith(str(self.folder))
                self.assertEqual(inside, not options)

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
