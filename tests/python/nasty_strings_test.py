"""One table of nasty strings as names of all kinds, through every output."""

import csv
import io
import json
import os
import shlex
import sqlite3
import stat
import subprocess
from pathlib import Path

from support import PROGRAM, FolderTest

# Taken as names, and escaped for where they go.
NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "</script><!--",
    "{{report}}&lt;&amp;",
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    'a,"b";c',
    "'; DROP TABLE points; --",
    "$(touch pwned)`touch pwned`",
    "a;touch pwned|touch pwned&touch pwned",
    "../../pwned",
    "/tmp/../pwned",
    "%s%n\\0\\u202e",
]

# Refused as names, and never printed as they are.
INVISIBLE = ["\x1b[31m", "\x07", "\x7f", "\x85", "\x9b31m", "\u2028", "\u202e", "\u2066", "\u200b", "\u200f", "\ufeff",
             "\t", "\n", "\r"]

FORMULA = ("=", "+", "-", "@")


def run(*words, status=0, environment=None):
    done = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                          env={**os.environ, **(environment or {})})
    assert done.returncode == status, (words, done.returncode, done.stderr)
    return (done.stderr if status else done.stdout).decode()


def network(name, layer):
    return json.dumps({"name": name, "input": {"features": 8, "tokens": 1},
                       "layers": [{"name": layer, "type": "fc", "out_features": 8}]})


def cells(text):
    return [cell for row in csv.reader(io.StringIO(text)) for cell in row]


class NastyStrings(FolderTest):
    def setUp(self):
        super().setUp()
        self.write("top/mark", "")
        os.chdir("top")  # what leaves the folder is seen beside it

    def assert_in_csv(self, name, text):
        expected = "'" + name if name.startswith(FORMULA) else name
        self.assertIn(expected, cells(text))
        self.assertFalse([cell for cell in cells(text) if cell.startswith(("=", "@"))])

    def assert_in_page(self, name, path):
        page = Path(path).read_text()
        if "<" in name:
            self.assertNotIn(name, page)
        self.assertEqual(page.count("<script"), Path("plain/index.html").read_text().count("<script"))
        self.assertIn("Content-Security-Policy", page)

    def assert_nothing_left(self):
        self.assertEqual([str(path) for path in self.folder.rglob("pwned")], [])
        self.assertFalse(Path("/tmp/pwned").exists() or Path("/pwned").exists())
        self.assertEqual([path.name for path in self.folder.iterdir()], ["top"])

    def test_as_names_of_networks_layers_and_strategies(self):
        self.write("top/plain.yaml", network("plain", "fc"))
        run("run", "./plain.yaml", "--accelerators", "2", "-o", "plain")
        for name in NASTY:
            with self.subTest(name=name):
                self.write("top/net.yaml", network(name, name))
                strategy = json.dumps({"name": "data", "label": name})
                self.write("top/e.yaml", f'{{"network": "./net.yaml", "accelerators": 2, "batch": 4, "strategy": {strategy}}}')
                report = json.loads(run("run", "e.yaml", "--format", "json", "-o", "out"))
                self.assertEqual((report["network"], report["strategy"], report["layers"][0]["name"]), (name, name, name))
                self.assertIn(name, run("run", "e.yaml"))
                self.assert_in_page(name, "out/index.html")
                self.assert_in_csv(name, run("compare", "e.yaml", "--format", "csv", "-o", "beside"))
                self.assert_in_page(name, "beside/index.html")
                self.assertEqual(json.loads(run("show", "net.yaml", "--format", "json"))["network"], name)
                run("partition", "net.yaml", "--accelerators", "2", "-o", "plan.yaml")
                run("run", "plan.yaml")
        self.assert_nothing_left()

    def test_as_values_of_a_sweep(self):
        self.write("top/plain.yaml", network("plain", "fc"))
        run("run", "./plain.yaml", "--accelerators", "2", "-o", "plain")
        strategies = [{"name": "data", "label": name} for name in NASTY]
        base = {"network": json.loads(network(NASTY[0], NASTY[1])), "accelerators": 2}
        self.write("top/s.yaml", json.dumps({"base": base, "vary": {"batch, strategy": [[1 + number, strategy] for number, strategy in enumerate(strategies)]}}))
        run("sweep", "s.yaml", "-o", "out")
        rows = json.loads(run("query", "out", "--columns", "strategy,network", "--format", "json"))
        self.assertEqual([row["strategy"] for row in rows], NASTY)
        for text in (Path("out/results.csv").read_text(), run("query", "out", "--format", "csv")):
            for name in NASTY:
                self.assert_in_csv(name, text)
        self.assert_in_page(NASTY[0], "out/index.html")
        with sqlite3.connect("out/results.sqlite") as database:
            stored = [json.loads(row[0]) for row in database.execute("SELECT key_values FROM sweep_points ORDER BY point")]
            self.assertEqual([values[-1] for values in stored], NASTY)
            self.assertEqual(database.execute("SELECT COUNT(*) FROM points").fetchone(), (len(NASTY),))
        for name in NASTY:
            quote = "'" if '"' in name else '"'
            if quote not in name:
                found = json.loads(run("query", "out", "--where", f"strategy == {quote}{name}{quote}", "--columns", "strategy",
                                       "--format", "json"))
                self.assertEqual(found, [{"strategy": name}])
        self.assert_nothing_left()

    def test_as_names_of_files_and_folders(self):
        fake = self.write("top/bin/sbatch", "#!/bin/sh\n")
        for program in ("sbatch", "squeue", "sacct", "scancel", "sinfo", "scontrol"):
            fake = self.write(f"top/bin/{program}", "#!/bin/sh\n")
            fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
        environment = {"PATH": f"{os.getcwd()}/bin:{os.environ['PATH']}"}
        for name in (name for name in NASTY if "/" not in name):
            with self.subTest(name=name):
                self.write(f"top/{name}/s.yaml", '{"base": {"network": "lenet-c", "accelerators": 1}, "vary": {"batch": [1, 2]}}')
                out = os.path.join(os.getcwd(), name, "out")
                printed = run("sweep", f"./{name}/s.yaml", "-o", out, "--engine", "slurm", "--task-points", "1", "--dry-run",
                              environment=environment)
                command = next(line for line in printed.splitlines() if line.startswith("sbatch "))
                script = printed[printed.index("#!/bin/sh\n"):]
                subprocess.run(["sh", "-n"], input=script.encode(), check=True)
                self.assertTrue([word for word in shlex.split(script, comments=True) if word.startswith(out)], script)
                self.assertTrue([word for word in shlex.split(command) if out in word], command)
        self.assert_nothing_left()

    def test_that_are_invisible_are_refused_and_never_printed(self):
        for name in (f"a{character}b" for character in INVISIBLE):
            with self.subTest(name=name):
                strategy = {"name": "data", "label": name}
                self.write("top/net.yaml", network(name, "fc"))
                self.write("top/layer.yaml", network("n", name))
                self.write("top/e.yaml", json.dumps({"network": "lenet-c", "strategy": strategy}))
                self.write("top/s.yaml", json.dumps({"base": "lenet-c", "vary": {"strategy": [strategy]}}))
                for file in ("net.yaml", "layer.yaml", "e.yaml", "s.yaml"):
                    said = run("check", file, status=1)
                    self.assertRegex(said, rf"^hypar: {file}:1:\d+: [^\n]+\n$")
                    self.assertNotIn(name, said)
                for words in (["run", name], ["run", "lenet-c", "--set", f"batch={name}"], ["list", name],
                              ["run", "lenet-c", "--strategy", name], ["query", name], ["check", f"{name}.yaml"]):
                    self.assertNotIn(name, run(*words, status=1))
        self.assert_nothing_left()
