"""docs/recipes.md: its changes apply to the sources as they are, and compile. (docs_test.py runs its commands.)"""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("recipes.md", "models/accelerator.md")}


def section(page, heading):
    return re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)[1]


def changes():
    """Of each diff the file, what stands in it, and what it becomes; for a new file the former is empty."""
    for name, body in re.findall(r"^```diff\n(\S+)\n(.*?)^```", PAGES["recipes.md"], re.DOTALL | re.MULTILINE):
        lines = body.splitlines(keepends=True)
        yield (name, "".join(line[1:] for line in lines if line[0] in " -\n"),
               "".join(line[1:] for line in lines if line[0] in " +\n"))


class Recipes(unittest.TestCase):
    def test_changes_apply(self):
        self.assertEqual(len(list(changes())), 11)
        for name, before, after in changes():
            with self.subTest(f"{name}: {before or after}"):
                if before:
                    self.assertEqual((ROOT / name).read_text(encoding="utf-8").count(before), 1)
                else:
                    self.assertFalse((ROOT / name).exists())

    def test_a_kind_of_unit_names_what_there_is(self):
        for page, heading in (("recipes.md", "A kind of unit"), ("models/accelerator.md", "To add a kind")):
            files = re.findall(r"`((?:arch|report|tests)/[\w/]+\.\w+)`", section(PAGES[page], heading))
            self.assertGreaterEqual(len(files), 6, page)
            for name in files:
                self.assertTrue((ROOT / name).is_file(), name)
        words = re.findall(r"`(\w+(?:::\w+)?)`", section(PAGES["models/accelerator.md"], "To add a kind"))
        sources = "\n".join(path.read_text(encoding="utf-8") for path in [
            *(ROOT / "arch/unit").glob("*.[hc]*"), ROOT / "tests/sim/remembered_test.cpp"])
        self.assertGreater(len(words), 12)
        for word in words:
            self.assertIn(word.split("::")[-1], sources)


@unittest.skipUnless(shutil.which("g++"), "there is no g++ (Debian: g++)")
class RecipesLong(unittest.TestCase):
    def test_changes_compile(self):
        with tempfile.TemporaryDirectory(prefix="hypar recipes ") as name:
            folder = Path(name)
            for source in ("base", "workloads", "partition", "arch", "collective", "experiment"):
                shutil.copytree(ROOT / source, folder / source)
            for file, before, after in changes():
                path = folder / file
                text = path.read_text(encoding="utf-8") if path.exists() else ""
                path.write_text(text.replace(before, after) if before else after, encoding="utf-8")
            for file in sorted({file for file, _, _ in changes() if file.endswith(".cpp")} | {"workloads/layer.cpp"}):
                command = ["g++", "-std=c++17", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I.", file]
                done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)
