"""Dicts and keyword arguments as the program reads them."""

import decimal
import fractions
import os
import unittest
from pathlib import Path

import hypar
from hypar.inputs import Inputs, options, plain_yaml, settings, yaml_text
from support import FolderTest

NASTY = [
    "ß, ü and 日本",
    'quotes " and \' and \\ and /',
    "a: b # c",
    "- {[,]}",
    "yes",
    "0x10",
    "&a *a !b <<",
    "%d %YAML",
    "no-break\u00a0space",
    "\U0001f600",
    "--set=batch=1",
    "$(HOME) `x`",
]


class DictInputs(FolderTest):
    def test_texts_come_back_as_they_were(self):
        for text in NASTY:
            with self.subTest(text=text):
                strategy = {"plan": [], "label": text}
                experiment = {"network": "lenet-c", "batch": 1, "accelerators": 1, "strategy": strategy}
                self.assertEqual(hypar.run(experiment).strategy, text)
                experiment["strategy"] = "data"
                self.assertEqual(hypar.run(experiment, strategy=strategy).strategy, text)
                self.assertEqual(hypar.compare(experiment, strategy=[strategy, "data"]).rows[0].strategy, text)

    def test_control_characters_are_refused_where_they_stand(self):
        for text in ("two\nlines", "bell\a", "delete\x7f", "line\u2028separator", "\u202eoverride", ""):
            with self.subTest(text=text), self.assertRaises(hypar.InputError) as caught:
                hypar.run({"network": "lenet-c", "strategy": {"name": "data", "label": text}})
            self.assertEqual((caught.exception.file, caught.exception.line), ("<experiment>", 5))

    def test_half_a_character_is_refused(self):
        with self.assertRaisesRegex(hypar.InputError, "<experiment>:2:.*invalid unicode"):
            hypar.run({"network": "\ud800"})

    def test_kinds_are_kept(self):
        for value in ("16", 16.5, True, None, [16], {"of": 16}):
            with self.subTest(value=value), self.assertRaisesRegex(hypar.InputError, "expected an integer"):
                hypar.run({"network": "lenet-c", "batch": value})

    def test_paths_in_a_dict_are_relative_to_the_working_directory(self):
        array = self.write("meine Felder/eins.yaml", "base: hpca19\nname: eins\naccelerators: 4\n")
        self.write("netz.yaml", hypar_network())
        relative = array.relative_to(self.folder)
        for experiment in (
            {"network": "netz.yaml", "array": f"./{relative}"},
            {"network": Path("netz.yaml"), "array": {"base": relative}},
            {"network": {"base": "./netz.yaml"}, "array": str(array)},
        ):
            step = hypar.run({**experiment, "batch": 8})
            self.assertEqual((step.network, step.hardware.accelerators), ("klein", 4))

    def test_a_plan_of_a_file_is_a_strategy(self):
        self.write("netz.yml", hypar_network())
        self.write("mine.yml", 'network: lenet-c\nstrategy: {plan: ["0", "1"]}\n')
        experiment = {"network": "netz.yml", "accelerators": 4, "batch": 8, "strategy": "./mine.yml"}
        self.assertEqual(hypar.run(experiment).plan, ["0", "1"])
        self.assertEqual(hypar.run({**experiment, "strategy": "data"}, strategy="mine.yml").strategy, "mine")

    def test_paths_in_a_sweep_are_too(self):
        self.write("netz.yaml", hypar_network())
        self.write("x.yaml", "network: netz.yaml\naccelerators: 4\n")
        sweep = {"base": "x.yaml", "vary": {"network": ["./netz.yaml", "lenet-c"]}}
        expected = [str(self.folder / "netz.yaml"), "lenet-c"]
        self.assertEqual([row.network for row in hypar.sweep(sweep, "a").query()], expected)
        together = {"base": {"network": "lenet-c", "accelerators": 4},
                    "vary": {"batch, network": [[8, "./netz.yaml"], [16, "lenet-c"]]}}
        self.assertEqual([row.network for row in hypar.sweep(together, "b").query()], expected)

    def test_what_is_no_reference_is_told(self):
        with self.assertRaisesRegex(TypeError, "experiment: expected a name, a path or a dict, not 3"):
            hypar.run(3)
        with self.assertRaisesRegex(TypeError, "expected a text as a key, not 3"):
            hypar.run({3: "lenet-c"})
        with self.assertRaisesRegex(TypeError, "not nan"):
            hypar.run("lenet-c", batch=float("nan"))
        with self.assertRaisesRegex(TypeError, "not <object"):
            hypar.run({"network": object()})

    def test_names_and_paths_are_never_options(self):
        with self.assertRaisesRegex(hypar.InputError, 'unknown experiment "--help"'):
            hypar.run("--help")
        self.write("-x.yaml", "network: lenet-c\naccelerators: 2\n")
        self.assertEqual(hypar.run(Path("-x.yaml"), batch=4).network, "lenet-c")
        self.assertEqual(hypar.run("-x.yaml", batch=4).network, "lenet-c")

    def test_a_path_is_no_name(self):
        with self.assertRaisesRegex(hypar.InputError, "cannot be read"):
            hypar.run(Path("lenet-c"))


class YamlText(unittest.TestCase):
    def test_numbers_have_no_exponents(self):
        # 1e-05 = 0.00001; 2^70 = 1180591620717411303424; 3/8 = 0.375
        values = [(1e-05, "0.00001"), (2**70, "1180591620717411303424"), (fractions.Fraction(3, 8), "0.375")]
        values += [(1e22, "10000000000000000000000"), (True, "true"), (1.5, "1.5"), (None, "null")]
        for value, text in values:
            self.assertEqual(yaml_text(value), text)

    def test_infinities_are_refused(self):
        for value in (float("inf"), float("nan"), 1j, decimal.Decimal(1), b"x"):
            with self.subTest(value=value), self.assertRaises(TypeError):
                yaml_text(value)

    def test_a_key_a_line(self):
        text = yaml_text({"a": [1, 2], "b": {}, "c": {"d": [{"e": ()}]}})
        lines = ["{", '  "a": [1, 2],', '  "b": {},', '  "c": {', '    "d": [', "      {", '        "e": []', "      }"]
        self.assertEqual(text.splitlines(), [*lines, "    ]", "  }", "}"])

    def test_words_stand_without_quotes_unless_they_mean_something(self):
        for text in ("vgg-a", "bucket", "x.yaml"):
            self.assertEqual(plain_yaml(text), text)
        for text in ("no", "True", "500 MHz", "4x4", "", "a,b", "a b", "ü"):
            self.assertEqual(plain_yaml(text), f'"{text}"')

    def test_options_leave_out_what_is_none(self):
        self.assertEqual(settings({"a": None, "b": 1, "c": Path("d")}), ["--set=b=1", '--set=c="./d"'])
        self.assertEqual(options({"a_b": None, "c_d": ["e", 0.5]}), ["--c-d=e,0.5"])

    def test_files_are_private(self):
        with Inputs() as inputs:
            path = inputs.word("network", {"name": "x"})
            self.assertEqual(os.stat(os.path.dirname(path)).st_mode & 0o777, 0o700)
        self.assertFalse(os.path.exists(os.path.dirname(path)))


def hypar_network():
    return "name: klein\ninput: {features: 8, tokens: 1}\nlayers: [{name: fc, type: fc, out_features: 8}]\n"
