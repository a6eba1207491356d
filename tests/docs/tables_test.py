"""Tables of README.md and docs that are not outputs as they stand, against what the program says now."""

import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def table(page, heading):
    """The head and the rows of the first table below a heading."""
    lines = page[page.index(heading):].split("\n")
    begin = next(index for index, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[begin:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows[0], rows[2:]


def digits(value):
    """Three digits, as the page shows them."""
    return f"{value:.{1 if value >= 10 else 2}f}"


def of_the_paper(figure):
    text = (ROOT / f"configs/reproduce/hpca19/figure-{figure}.yaml").read_text(encoding="utf-8")
    return {network: float(value)
            for network, value in re.findall(r"network: ([\w-]+), strategy: hypar, paper: ([\d.]+)}", text)}


def program_json(*words):
    done = subprocess.run([os.environ["HYPAR"], *words, "--format", "json"], capture_output=True, check=True)
    return json.loads(done.stdout)


class Tables(unittest.TestCase):
    def test_readme_beside_the_paper(self):
        head, rows = table((ROOT / "README.md").read_text(encoding="utf-8"), "\n## Beside the paper")
        networks = head[1:]
        self.assertEqual(len(networks), 10)
        compared = program_json("compare", *networks, "--strategy", "data,hypar")["rows"]
        ours = {row["network"]: row for row in compared if row["strategy"] == "hypar"}
        six, seven = of_the_paper(6), of_the_paper(7)
        self.assertEqual(rows, [
            ["performance", *(digits(ours[network]["speedup"]) for network in networks)],
            ["in the paper", *(digits(six[network]) for network in networks)],
            ["energy efficiency", *(digits(ours[network]["energy_efficiency"]) for network in networks)],
            ["in the paper", *(digits(seven[network]) for network in networks)],
        ])

    def test_silicon(self):
        _, rows = table((ROOT / "docs/silicon.md").read_text(encoding="utf-8"), "# Beside real machines")
        measured = program_json("reproduce", "silicon")["silicon"]
        sets = ["nccl-a100", "deepbench-v100", "tpu-v3-products", "eyeriss-alexnet", "triosim-h100"]
        self.assertEqual(sorted(sets), sorted(measured))
        names = [row[0].split("`")[1] for row in rows if row[0]]
        self.assertEqual(names, ["nccl-a100", *sets])
        verdicts = {True: "met", False: "**not met**", None: ""}
        expected = []
        for error in (error for name in sets for error in measured[name]["errors"]):
            judged = error["judged"]
            expected.append([str(judged["rows"]), f"{100 * judged['median']:.1f} %",
                             f"{100 * judged['furthest']:+.1f} %", verdicts[error.get("met")]])
        self.assertEqual([[*row[2:5], row[6]] for row in rows], expected)

    def test_coming_from_names_what_there_is(self):
        known = "\n".join((ROOT / "docs" / name).read_text(encoding="utf-8")
                          for name in ("input-format.md", "report-format.md", "models/network.md"))
        for command in ("noc", "run", "import"):
            done = subprocess.run([os.environ["HYPAR"], command, "--help"], capture_output=True, check=True)
            known += done.stdout.decode()
        page = (ROOT / "docs/coming-from.md").read_text(encoding="utf-8")
        count = 0
        for row in re.findall(r"^\|.*\|$", page, re.MULTILINE):
            for name in re.findall(r"`([^`]+)`", row.split("|")[-2]):
                for word in re.findall(r"(?<![\w-])-{0,2}[a-z_]{2}[\w-]*", re.sub(r"\w+\.csv", "", name)):
                    with self.subTest(f"{name}: {word}"):
                        self.assertIn(word, known)
                        count += 1
        self.assertGreater(count, 50)


class TablesLong(unittest.TestCase):
    def test_topologies_of_equal_wire_and_of_equal_links(self):
        page = (ROOT / "docs/validation.md").read_text(encoding="utf-8")
        for sweep in ("topologies-equal-wire", "topologies-equal-links"):
            _, rows = table(page, f"(`./hypar sweep {sweep}`)")
            with tempfile.TemporaryDirectory(prefix="hypar docs ") as folder:
                command = [os.environ["HYPAR"], "sweep", sweep, "-o", folder]
                subprocess.run(command, capture_output=True, check=True)
                seconds = [row["seconds"] for row in program_json("query", folder, "--columns", "seconds")]
            # The strategy changes slowest, then the topology, then the collectives.
            expected = [[f"{seconds[point + 2 * index]:.2f}" for point in (0, 1, 18, 19)] for index in range(9)]
            self.assertEqual([row[-4:] for row in rows], expected, sweep)
