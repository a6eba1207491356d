"""What is wrong, and where."""

import pickle

import hypar
from support import FolderTest


class Errors(FolderTest):
    def caught(self, call, *arguments, **options):
        with self.assertRaises(hypar.Error) as caught:
            call(*arguments, **options)
        self.assertEqual(self.said(), "")  # what is raised is not printed
        return caught.exception

    def test_in_a_file(self):
        self.write("ein süßer: Versuch.yaml", "network: lenet-c\nbatch: 0\n")
        error = self.caught(hypar.run, "./ein süßer: Versuch.yaml")
        self.assertIsInstance(error, hypar.InputError)
        self.assertEqual((error.file, error.line, error.column), ("ein süßer: Versuch.yaml", 2, 8))
        self.assertEqual((error.key, error.problem), ("batch", "expected an integer of at least 1, not 0"))
        self.assertEqual((error.status, error.option), (1, None))
        self.assertEqual(str(error), f"ein süßer: Versuch.yaml:2:8: batch: {error.problem}")

    def test_in_a_dict(self):
        error = self.caught(hypar.run, {"network": "lenet-c", "strategy": {"name": "däta", "label": "x"}})
        self.assertEqual((error.file, error.line, error.column, error.key), ("<experiment>", 4, 13, "strategy.name"))
        place = '\n  4 |     "name": "däta",\n                  ^'
        self.assertTrue(str(error).endswith(place), str(error))

    def test_behind_letters_of_several_bytes(self):
        error = self.caught(hypar.check, {"network": "lenet-c", "üüü": ["ü", {"x": 1}]})
        self.assertEqual((error.file, error.line, error.column), ("<document>", 3, 3))
        layers = [{"name": "üü", "type": "relu"}, {"name": "b", "type": "add", "inputs": ["üü", "nothing"]}]
        network = {"name": "n", "input": {"channels": 1, "height": 2, "width": 2}, "layers": layers}
        line, caret = str(self.caught(hypar.partition, network)).splitlines()[-2:]
        self.assertEqual(line[len(caret) - 1 :], '"nothing"]')

    def test_in_a_file_that_a_dict_names(self):
        path = self.write("netz.yaml", "name: x\n")
        error = self.caught(hypar.run, {"network": path})
        self.assertEqual((error.file, error.line, error.key), (str(path), 1, "network"))

    def test_in_a_keyword_argument(self):
        error = self.caught(hypar.run, "lenet-c", batch=0)
        self.assertEqual((error.option, error.key, error.file), ("--set batch=0", "batch", None))
        strategy = {"name": "data", "labl": 'a: "b", {'}
        error = self.caught(hypar.run, "lenet-c", strategy=strategy)
        self.assertEqual(error.option, '--set strategy={"name": "data", "labl": "a: \\u0022b\\u0022, {"}')
        self.assertTrue(error.problem.startswith('unknown key "labl"'))
        error = self.caught(hypar.compare, "lenet-c", strategy=["data", "nothing"])
        self.assertEqual((error.option, error.key), ("--strategy nothing", "strategy"))

    def test_without_a_place(self):
        error = self.caught(hypar.run, "nothing")
        self.assertEqual((error.file, error.option, error.key), (None, None, None))
        self.assertTrue(str(error).startswith('unknown experiment "nothing"; known: alexnet'))

    def test_in_a_file_as_a_whole(self):
        error = self.caught(hypar.query, "./nothing")
        self.assertEqual((error.file, error.line, error.key), ("./nothing", None, None))
        self.assertEqual(error.problem, "there are no results of a sweep (no results.sqlite)")
        error = self.caught(hypar.run, "nö.yaml")
        self.assertEqual((error.file, error.problem), ("nö.yaml", "cannot be read: No such file or directory"))

    def test_check_has_all_mistakes(self):
        path = self.write("b.yaml", "network: lenet-c\nbatch: 0\n")
        error = self.caught(hypar.check, {"network": "lenet-c", "x": 1, "y": 2}, path)
        places = [(mistake.file, mistake.line) for mistake in error.mistakes]
        self.assertEqual(places, [("<document>", 3), ("<document>", 4), (str(path), 2)])
        self.assertIs(error.mistakes[0], error)

    def test_other_failures(self):
        self.use_program("echo 'hypar: said before' >&2; sleep 1; echo 'hypar: out of memory' >&2; exit 3")
        with self.assertRaises(hypar.RunError) as caught:
            hypar.run("x")
        self.assertEqual((caught.exception.message, caught.exception.status), ("out of memory", 3))
        self.assertEqual(self.said(), "hypar: said before\n")

    def test_what_was_said_before_is_no_mistake(self):
        self.use_program("echo 'hypar: building' >&2; echo 'hypar: x.yaml:1:2: bad' >&2; exit 1")
        with self.assertRaises(hypar.InputError) as caught:
            hypar.run("x")
        self.assertEqual([str(mistake) for mistake in caught.exception.mistakes], ["x.yaml:1:2: bad"])
        self.assertEqual(self.said(), "hypar: building\n")

    def test_a_message_of_several_lines(self):
        self.use_program("printf 'hypar: it stands still\\n\\ndigraph {\\n}\\n' >&2; exit 3")
        self.assertEqual(self.caught(hypar.run, "x").message, "it stands still\n\ndigraph {\n}")

    def test_a_program_that_dies(self):
        self.use_program("kill -SEGV $$")
        error = self.caught(hypar.run, "x")
        self.assertEqual((error.message, error.status), ("ended by signal 11", -11))
        self.use_program("exit 3")
        self.assertEqual(self.caught(hypar.run, "x").status, 3)

    def test_a_program_of_another_version(self):
        self.use_program("echo 'hypar: The following argument was not expected: --x' >&2; exit 2")
        error = self.caught(hypar.run, "x")
        self.assertIsInstance(error, hypar.CommandLineError)
        self.assertEqual(error.status, 2)

    def test_no_program(self):
        self.set_environment("HYPAR", str(self.folder / "nothing"))
        self.assertIsInstance(self.caught(hypar.run, "x"), hypar.ProgramNotFound)

    def test_errors_go_from_process_to_process(self):
        error = self.caught(hypar.run, {"network": "lenet-c", "batch": 0})
        copy = pickle.loads(pickle.dumps(error))
        self.assertEqual((str(copy), copy.line, copy.key, copy.status), (str(error), 3, "batch", 1))
        run_error = pickle.loads(pickle.dumps(hypar.RunError("m", 3, hypar.Sweep("x"))))
        self.assertEqual((str(run_error), run_error.result.folder.name), ("m", "x"))
