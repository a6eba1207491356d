"""Links between pages lead to what is there."""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def anchors(page):
    """Of its headings, as GitHub names them."""
    for heading in re.findall(r"^#+ (.*)$", page, re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        yield re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


class Links(unittest.TestCase):
    def test_lead_somewhere(self):
        for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
            page = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
            for link in re.findall(r"\]\(([^)\s]+)\)", page):
                name, _, anchor = link.partition("#")
                target = path.parent / name if name else path
                with self.subTest(f"{path.relative_to(ROOT)}: {link}"):
                    if link.startswith("http"):
                        continue
                    self.assertTrue(target.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(target.read_text(encoding="utf-8")))

    def test_reach_every_page_from_the_readme(self):
        found, waiting = set(), [ROOT / "README.md"]
        while waiting:
            path = waiting.pop()
            if path in found:
                continue
            found.add(path)
            for link in re.findall(r"\]\(([^)\s#]+\.md)", path.read_text(encoding="utf-8")):
                if not link.startswith("http"):
                    waiting.append((path.parent / link).resolve())
        self.assertLessEqual({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")}, found)
