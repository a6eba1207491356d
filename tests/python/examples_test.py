"""The examples of python/examples and docs/python.md do what they say."""

import re
import runpy
import struct
from pathlib import Path

import hypar
from hypar.documents import parse
from support import ROOT, FolderTest, needs

# A row of each figure, as the program gives them.
FIGURES = """{"figures": {
  "6": {"rows": [{"network": "sfc", "strategy": "model", "ours": 21.3, "paper": 22.2},
                 {"network": "sfc", "strategy": "hypar", "ours": 23.5, "paper": 23.5}]},
  "11": {"rows": [{"accelerators": 1, "strategy": "hypar", "ours": 1.0, "paper": 1.0},
                  {"accelerators": 1, "strategy": "data", "ours": 1.0, "paper": 1.0}]}}}"""


class ExampleTest(FolderTest):
    def draw(self, script, picture):
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot

        matplotlib.pyplot.close("all")
        runpy.run_path(str(ROOT / "python/examples" / script))
        data = Path(picture).read_bytes()
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", data[16:24]), (640, 480))
        return matplotlib.pyplot.gca()


@needs("matplotlib", "python3-matplotlib")
class Examples(ExampleTest):
    def test_figures_are_drawn(self):
        reproduce = hypar.reproduce
        self.addCleanup(setattr, hypar, "reproduce", reproduce)
        hypar.reproduce = lambda choices: parse(FIGURES)
        heights = [patch.get_height() for patch in self.draw("figure_6.py", "figure-6.png").patches]
        self.assertEqual(heights, [23.5, 23.5])
        self.assertEqual(len(self.draw("figure_11.py", "figure-11.png").lines), 4)

    def test_the_front_is_drawn(self):
        axes = self.draw("pareto.py", "pareto.png")
        front = axes.lines[0].get_xydata().tolist()
        points = axes.collections[0].get_offsets().tolist()
        better = [[other for other in points if other != point and other[0] <= point[0] and other[1] <= point[1]]
                  for point in points]
        self.assertEqual(front, sorted(point for point, others in zip(points, better) if not others))
        self.assertLess(len(front), len(points))

    def test_all_are_tested(self):
        scripts = sorted(path.name for path in (ROOT / "python/examples").iterdir())
        self.assertEqual(scripts, ["figure_11.py", "figure_6.py", "pareto.py"])


@needs("matplotlib", "python3-matplotlib")
class ExamplesLong(ExampleTest):
    def test_figures_are_drawn(self):
        reproduction = hypar.reproduce(choices="none")
        self.addCleanup(setattr, hypar, "reproduce", hypar.reproduce)
        hypar.reproduce = lambda choices: reproduction
        figure_6 = self.draw("figure_6.py", "figure-6.png")
        self.assertEqual(len(figure_6.patches), 2 * 10)
        figure_11 = self.draw("figure_11.py", "figure-11.png")
        self.assertEqual([len(line.get_xdata()) for line in figure_11.lines], [7] * 4)


@needs("pandas", "python3-pandas")
class Documentation(FolderTest):
    def setUp(self):
        super().setUp()
        self.page = (ROOT / "docs/python.md").read_text(encoding="utf-8")

    def test_its_examples_run(self):
        names = {}
        blocks = re.findall(r"^```python\n(.*?)^```", self.page, re.DOTALL | re.MULTILINE)
        self.assertGreater(len(blocks), 4)
        for block in blocks:
            exec(compile(block, "docs/python.md", "exec"), names)

    def test_it_has_every_public_name(self):
        for name in hypar.__all__:
            self.assertIn(f"`{name}", self.page.replace("`hypar.", "`"), name)
