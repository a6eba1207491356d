"""Documents, tables, frames, and how they look in a notebook."""

import copy
import json
import math
import pickle
import re
import sys
import unittest
from html.parser import HTMLParser
from pathlib import Path

import hypar
from hypar import html
from hypar.documents import Document, parse, records
from support import ROOT, FolderTest, needs, program_json, run_program

LENET = {"network": "lenet-c", "batch": 32, "accelerators": 4}


class Documents(unittest.TestCase):
    def setUp(self):
        self.document = parse('{"step": {"seconds": 1.5}, "layers": [{"name": "a", "from": 1}], "n": null}')

    def test_keys_are_attributes(self):
        self.assertEqual(self.document.step.seconds, 1.5)
        self.assertEqual(self.document["layers"][0].name, "a")
        self.assertEqual(self.document.layers[0]["from"], 1)
        self.assertIsNone(self.document.n)
        self.assertTrue({"step", "layers", "n", "to_dict"} <= set(dir(self.document)))

    def test_is_a_mapping(self):
        self.assertEqual(list(self.document), ["step", "layers", "n"])
        self.assertEqual(self.document.get("nothing", 7), 7)
        self.assertEqual(self.document, parse(json.dumps(self.document.to_dict())))
        self.assertNotEqual(self.document, parse("{}"))
        self.assertIs(type(self.document.to_dict()["layers"][0]), dict)

    def test_a_key_that_is_not_there_is_told(self):
        message = re.escape("there is no 'steps'; there are: step, layers, n (did you mean 'step'?)")
        with self.assertRaisesRegex(AttributeError, message):
            self.document.steps
        with self.assertRaises(KeyError):
            self.document["steps"]
        self.assertFalse(hasattr(self.document, "_repr_html_"))

    def test_cannot_be_changed(self):
        with self.assertRaises(AttributeError):
            self.document.step = 1
        with self.assertRaises(TypeError):
            self.document["step"] = 1

    def test_can_be_copied_and_sent(self):
        for twin in (copy.copy(self.document), copy.deepcopy(self.document), pickle.loads(pickle.dumps(self.document))):
            self.assertEqual(twin, self.document)

    def test_is_shown_in_a_line(self):
        self.assertEqual(repr(self.document), "Document(step={1}, layers=[1], n=None)")

    def test_records_are_flat(self):
        rows = parse('[{"a": {"b": {"c": 1}, "d": [1, 2]}, "e": [{"f": 1}]}, {"a": null, "g": null}]')
        self.assertEqual(records(rows), [{"a.b.c": 1, "a.d": [1, 2]}, {"g": None}])
        self.assertEqual(records([{"a": 1, "a.b": 2}]), [{"a": 1, "a.b": 2}])  # columns of a query


class Reports(FolderTest):
    def setUp(self):
        super().setUp()
        self.run_report = hypar.run(LENET, explain="path")

    def test_no_key_has_the_name_of_a_method(self):
        graph = {"network": "lenet-c", "accelerators": 2, "schedule": "overlapped", "topology": {
            "kind": "graph", "links": [{"between": ["acc0", "hub"], "energy": "1 pJ"}, {"between": ["acc1", "hub"]}]}}
        hypar.sweep({"base": LENET, "vary": {"batch": [8]}}, "r")
        reports = [self.run_report, hypar.run(graph), hypar.compare(LENET, topology=["htree", "torus"]),
                   hypar.partition("lenet-c", explain="plan"), hypar.noc(cycles=100), *hypar.Sweep("r").points]
        keys = set().union(*map(all_keys, reports))
        self.assertGreater(len(keys), 200)
        methods = {name for report in reports for name in dir(type(report)) if not name.startswith("_")}
        self.assertEqual(keys & methods, set())

    def test_phases_are_the_records_of_a_run(self):
        rows = self.run_report.to_records()
        self.assertEqual(len(rows), 4 * len(self.run_report.layers))
        gradient = self.run_report.layers[1].phases.gradient
        row = rows[6]
        self.assertEqual((row["layer"], row["phase"]), ("conv2", "gradient"))
        self.assertEqual(row["exchange.bandwidth_cycles"], gradient.exchange.bandwidth_cycles)
        self.assertEqual(row["mapping.passes"], gradient.mapping.passes)
        self.assertEqual(row["energy_components.dram"], gradient.energy_components.dram)
        self.assertEqual(sum(row["cycles"] for row in rows), self.run_report.step.cycles)

    def test_other_lists_have_paths(self):
        for path in ("links", "collectives", "timeline", "memory.regions", "critical_path.resources"):
            rows = self.run_report.to_records(path)
            value = self.run_report
            for key in path.split("."):
                value = value[key]
            self.assertEqual(len(rows), len(value))
        self.assertIn("through.vaults", self.run_report.to_records("timeline")[0])
        for path in ("step", "nothing", "notes", "step.nothing"):
            with self.assertRaises(KeyError):
                self.run_report.to_records(path)

    def test_records_of_the_others(self):
        plan = hypar.partition("lenet-c", accelerators=4)
        first = plan.to_records()[0]
        self.assertEqual(list(first), ["layer", "H1", "H2", "outputs", "errors", "gradient", "bound"])
        self.assertEqual([first["H1"], first["H2"]], [plan.plan[0][0], plan.plan[1][0]])
        self.assertEqual(len(hypar.compare(LENET, strategy=["data", "hypar"]).to_records()), 2)
        points = hypar.noc(rate=[0.1, 0.2], cycles=100).to_records()
        self.assertEqual([point["rate"] for point in points], [0.1, 0.2])
        self.assertIn("latency_cycles.mean", points[0])

    @needs("pandas", "python3-pandas")
    def test_frames_have_the_records(self):
        frame = self.run_report.to_frame()
        self.assertEqual(frame.columns[:3].tolist(), ["layer", "phase", "cycles"])
        self.assertEqual(frame.cycles.tolist(), [row["cycles"] for row in self.run_report.to_records()])
        self.assertEqual(str(frame.cycles.dtype), "int64")
        self.assertTrue(math.isnan(frame["energy_components.reduction"][3]))  # an update adds up nothing
        runs = hypar.compare(LENET, strategy=["data", "hypar"]).to_frame()
        csv = run_program("compare", "lenet-c", "--set=batch=32", "--set=accelerators=4", "--strategy=data,hypar",
                          "--format=csv").splitlines()[0].split(",")
        self.assertTrue(set(csv) <= set(runs.columns), set(csv) - set(runs.columns))
        self.assertEqual(runs.strategy.tolist(), ["data", "hypar"])
        points = hypar.sweep({"base": LENET, "vary": {"strategy": ["data", "hypar"]}}, "r")
        self.assertEqual(points.to_frame().seconds.tolist(), runs.seconds.tolist())
        self.assertEqual(points.query(best="seconds").to_frame().shape[0], 1)
        self.assertEqual(hypar.partition("lenet-c").to_frame().shape[0], 4)
        self.assertEqual(hypar.noc(rate=0.1, cycles=100).to_frame().shape[0], 1)
        links = self.run_report.to_frame("links").bytes.tolist()
        self.assertEqual(links, [link.bytes for link in self.run_report.links])

    def test_without_pandas_the_message_says_what_to_do(self):
        there = sys.modules.get("pandas")
        sys.modules["pandas"] = None
        self.addCleanup(lambda: sys.modules.pop("pandas") if there is None else sys.modules.update(pandas=there))
        for result in (self.run_report, hypar.partition("lenet-c"), hypar.documents.Table([])):
            with self.assertRaisesRegex(ImportError, "needs pandas .Debian: python3-pandas.; to_records"):
                result.to_frame()

    def test_saves_what_the_program_writes(self):
        comparison = hypar.compare("lenet-c", strategy=["data", "hypar"])
        page = comparison.save("Ergebnisse ü/vom Montag")
        run_program("compare", "lenet-c", "--strategy", "data,hypar", "-o", "theirs")
        for name in ("report.json", "index.html"):
            self.assertEqual((page.parent / name).read_bytes(), Path("theirs", name).read_bytes(), name)
        for report in (self.run_report, hypar.noc(rate=0.1, cycles=100)):
            self.assertTrue(report.save("Ergebnisse ü/vom Montag").is_file())
        self.assertEqual(sorted(path.name for path in page.parent.iterdir()), ["index.html", "report.json"])

    def test_a_table_is_a_sequence(self):
        hypar.sweep({"base": LENET, "vary": {"batch": [8, 16, 32]}}, "r")
        table = hypar.query("r")
        self.assertEqual((len(table), table[0].batch, table[-1]["batch"]), (3, 8, 32))
        self.assertEqual([row.batch for row in table[1:]], [16, 32])
        self.assertEqual(table, hypar.query("r"))
        self.assertEqual(repr(table), "<hypar.Table of 3 rows: batch, status, seconds, energy_joules>")

    def test_short_texts(self):
        step = hypar.run("lenet-c")
        figures = f"{step.step.seconds:.3g} s, {step.energy_joules.total:.3g} J"
        self.assertEqual(repr(step), f"<hypar.Run lenet-c, hypar, htree, 16 accelerators: {figures}>")
        for report in (step, hypar.compare(LENET), hypar.partition("lenet-c"), hypar.noc(rate=0.1, cycles=100)):
            self.assertRegex(repr(report), r"^<hypar\.\w+ [^\n]{1,100}>$")


class Notebook(FolderTest):
    def test_every_result_shows_itself(self):
        sweep = hypar.sweep({"base": LENET, "vary": {"batch": [8, 16]}}, "r")
        step = hypar.run(LENET)
        for result in (step, hypar.compare(LENET), hypar.partition("lenet-c"), hypar.noc(rate=0.1, cycles=100),
                       sweep, sweep.points):
            shown = Reader(result._repr_html_())
            self.assertEqual(shown.open, [], type(result))
            self.assertIn("table", shown.seen)
        shown = Reader(step._repr_html_()).text
        for word in ("lenet-c", "step.seconds", f"{step.step.seconds:.4g}", f"{step.traffic_bytes:,}", "conv1"):
            self.assertIn(word, shown)

    def test_what_a_stopped_run_has_shows_too(self):
        values = {**hypar.run(LENET).to_dict(), "partial": {"segments_done": 2, "segments": 9}}
        partial = hypar.Run(parse(json.dumps(values)), "")
        self.assertIn("partial: 2 of 9 done", repr(partial))
        self.assertIn("partial: 2 of 9 done", partial._repr_html_())
        self.assertEqual(repr(hypar.Comparison(parse('{"partial": {"runs_done": 0, "runs": 2}, "rows": []}'), "")),
                         "<hypar.Comparison of 0 runs, partial: 0 of 2 done>")

    def test_texts_are_escaped(self):
        label = "<script>alert('ü')</script>"
        comparison = hypar.compare(LENET, strategy=[{"name": "data", "label": label}])
        shown = Reader(comparison._repr_html_())
        self.assertNotIn("script", shown.seen)
        self.assertIn(label, shown.text)

    def test_long_tables_say_how_long_they_are(self):
        text = html.table([{"a": number} for number in range(61)])
        self.assertEqual(text.count("<tr>"), 61)  # the head, and 60
        self.assertIn("60 of 61 rows", text)
        self.assertNotIn("rows", html.table([{"a": number} for number in range(60)]))

    def test_numbers(self):
        text = html.table([{"i": 1234567, "f": 0.000123456, "t": True, "n": None, "l": ["00", "11"]}])
        for part in (">1,234,567<", ">0.0001235<", ">True<", "></td>", ">00 / 11<", 'title="0.000123456"'):
            self.assertIn(part, text)


class Reader(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.text = [], set(), ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            raise ValueError(tag)

    def handle_data(self, data):
        self.text += data


def all_keys(value):
    if isinstance(value, Document):
        return set(value).union(*map(all_keys, value.values()))
    return set().union(*map(all_keys, value)) if isinstance(value, list) else set()
