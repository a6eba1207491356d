"""Each function gives what the command gives."""

import json
import os
from pathlib import Path

import hypar
from support import FolderTest, program_json, run_program, without_times

LENET = {"network": "lenet-c", "batch": 32, "accelerators": 4}


class RunCommand(FolderTest):
    def test_gives_the_programs_json(self):
        ours = hypar.run("lenet-c")
        theirs = program_json("run", "lenet-c")
        self.assertEqual(without_times(ours.to_dict()), without_times(theirs))
        self.assertEqual(json.loads(ours.text), ours.to_dict())

    def test_keyword_arguments_are_settings(self):
        ours = hypar.run(
            "lenet-c",
            network="sconv",
            array={"base": "hpca19", "clock": "500 MHz"},
            accelerators=4,
            batch=64,
            strategy={"name": "optimal", "splits": ["batch", "in"]},
            topology={"kind": "torus", "size": [4]},
            set={"schedule": "overlapped", "array.processing_units": 8},
        )
        words = ["network=sconv", "array={base: hpca19, clock: 500 MHz}", "accelerators=4", "batch=64"]
        words += ["strategy={name: optimal, splits: [batch, in]}", "topology={kind: torus, size: [4]}"]
        words += ["schedule=overlapped", "array.processing_units=8"]
        theirs = program_json("run", "lenet-c", *[f"--set={word}" for word in words])
        self.assertEqual(without_times(ours.to_dict()), without_times(theirs))
        self.assertEqual((ours.batch, ours.hardware.processing_units, ours.clock_picoseconds), (64, 8, 2000))

    def test_set_comes_after_the_keyword_arguments(self):
        self.assertEqual(hypar.run("lenet-c", batch=64, set={"batch": 32}).batch, 32)

    def test_a_network_alone_is_an_experiment(self):
        self.assertEqual(hypar.run(network="lenet-c", batch=32, accelerators=4).network, "lenet-c")
        with self.assertRaisesRegex(TypeError, "an experiment or a network"):
            hypar.run(batch=32)

    def test_dict_path_and_name_are_the_same(self):
        path = self.write("ein Versuch/süß.yaml", "network: lenet-c\nbatch: 32\naccelerators: 4\n")
        expected = without_times(hypar.run("lenet-c", batch=32, accelerators=4).to_dict())
        for experiment in (LENET, path, str(path), path.relative_to(self.folder)):
            self.assertEqual(without_times(hypar.run(experiment).to_dict()), expected)

    def test_explain_trace_and_fidelity_reach_the_program(self):
        step = hypar.run(LENET, explain="path", fidelity="full", trace=Path("-spur.json"), chakra="für ASTRA")
        self.assertIn("critical_path", step)
        self.assertEqual(step.simulation.fidelity, "full")
        self.assertTrue(Path("-spur.json").is_file())
        self.assertTrue(Path("für ASTRA/step.0.et").is_file())
        self.assertIn("alternatives", hypar.run(LENET, explain="plan"))

    def test_leaves_no_files(self):
        self.set_environment("TMPDIR", str(self.folder))
        import tempfile

        tempfile.tempdir = None
        self.addCleanup(setattr, tempfile, "tempdir", None)
        hypar.run(LENET)
        with self.assertRaises(hypar.InputError):
            hypar.run({"network": "nothing"})
        self.assertEqual(os.listdir(self.folder), [])


class CompareCommand(FolderTest):
    def test_gives_the_programs_json(self):
        ours = hypar.compare("lenet-c", strategy=["data", "hypar"])
        self.assertEqual(ours.to_dict(), program_json("compare", "lenet-c", "--strategy", "data,hypar"))

    def test_every_list_reaches_the_program(self):
        mine = {"plan": ["0011", "0011"], "label": "meine, [die]"}
        ours = hypar.compare(
            LENET,
            "lenet-c",
            network=["lenet-c", "sconv"],
            topology=["htree", {"kind": "torus", "size": [4]}],
            strategy="data",
            accelerators=4,
            array="hpca19",
            batch=16,
            set={"schedule": "overlapped"},
            fidelity="full",
        )
        self.assertEqual(
            [(row.experiment, row.network, row.topology) for row in ours.rows],
            [(name, network, topology) for name in ("experiment", "lenet-c")
             for network in ("lenet-c", "sconv") for topology in ("htree", "torus")],
        )
        self.assertEqual({(row.strategy, row.batch) for row in ours.rows}, {("data", 16)})
        rows = hypar.compare(LENET, strategy=["data", mine]).rows
        self.assertEqual([row.strategy for row in rows], ["data", "meine, [die]"])

    def test_several_dicts_have_names_of_their_own(self):
        rows = hypar.compare(LENET, {**LENET, "batch": 64}).rows
        self.assertEqual([row.experiment for row in rows], ["experiment", "experiment-2"])

    def test_compare_varies_numbers_and_names_its_baseline(self):
        rows = hypar.compare("lenet-c", accelerators=[4, 2], batch=16, strategy=["data", "model"], baseline="model").rows
        self.assertEqual([(row.accelerators, row.batch, row.strategy) for row in rows],
                         [(4, 16, "data"), (4, 16, "model"), (2, 16, "data"), (2, 16, "model")])
        self.assertEqual(rows[0].baseline, 1)

    def test_runs_that_are_refused_leave_the_others(self):
        with self.assertRaisesRegex(hypar.InputError, "^1 of 2 runs were refused") as caught:
            hypar.compare("vgg-e", accelerators=[1, 16], strategy="data", set={"array.memory.capacity": "4 GB"})
        self.assertEqual([row.accelerators for row in caught.exception.result.rows], [16])
        self.assertEqual(caught.exception.result.refused[0].network, "vgg-e")

    def test_networks_alone(self):
        rows = hypar.compare(network=["lenet-c", "sconv"], batch=16, accelerators=4).rows
        self.assertEqual([row.network for row in rows], ["lenet-c", "sconv"])


class PartitionCommand(FolderTest):
    def test_gives_the_programs_json(self):
        ours = hypar.partition("lenet-c", strategy="optimal", splits=["batch", "in"], levels=[4, 2], batch=64,
                               partial_sums="before-pooling", explain="plan")
        words = ["--strategy=optimal", "--splits=batch,in", "--levels=4,2", "--batch=64"]
        words += ["--partial-sums=before-pooling", "--explain=plan"]
        self.assertEqual(ours.to_dict(), program_json("partition", "lenet-c", *words))

    def test_takes_networks_strategies_and_plans_that_are_dicts(self):
        network = {"name": "meins", "input": {"channels": 1, "height": 8, "width": 8},
                   "layers": [{"name": "fc", "type": "fc", "out_features": 4}]}
        experiment = {"network": network, "accelerators": 2, "strategy": {"plan": ["1"]}}
        self.assertEqual(hypar.partition(network, plan=experiment).plan, ["1"])
        self.assertEqual(hypar.partition(network, accelerators=2, strategy={"name": "data"}).plan, ["0"])

    def test_its_experiment_is_the_one_that_the_program_writes(self):
        words = ["--levels=4,2", "--batch=64", "--partial-sums=before-pooling", "-o", "p.yaml"]
        run_program("partition", "lenet-c", *words)
        plan = hypar.partition("lenet-c", levels=[4, 2], batch=64, partial_sums="before-pooling")
        ours, theirs = (without_times(hypar.run(one).to_dict()) for one in (plan.to_experiment(), "p.yaml"))
        self.assertEqual(ours, theirs)


class SweepCommand(FolderTest):
    SWEEP = {"base": LENET, "vary": {"strategy": ["data", "hypar"], "accelerators": {"from": 4, "to": 8, "times": 2}}}

    def test_gives_the_programs_points(self):
        points = hypar.sweep(self.SWEEP, "Ergebnisse ü", jobs=1)
        self.assertIn("hypar: sweep: 4 points", self.said())
        columns = run_program("query", "Ergebnisse ü", "--format=csv", "--top=1")
        self.assertEqual(",".join(points.query(top=1).to_records()[0]), columns.splitlines()[0])
        self.assertEqual(points.query().to_records(), program_json("query", "Ergebnisse ü"))
        self.assertEqual(len(points.points), 4)
        header = Path("Ergebnisse ü/results.csv").read_text().splitlines()[0].split(",")
        self.assertEqual(list(points.points[0]), header)
        self.assertTrue(Path("Ergebnisse ü/index.html").is_file())

    def test_goes_on_and_says_where_its_folder_is(self):
        self.assertEqual(hypar.sweep(self.SWEEP).folder, Path("sweep-results"))
        before = Path("sweep-results/results.csv").read_bytes()
        hypar.sweep(self.SWEEP)
        self.assertEqual(Path("sweep-results/results.csv").read_bytes(), before)
        path = self.write("mein.yaml", "base: lenet-c\nvary: {accelerators: [4]}\n")
        self.assertEqual(hypar.sweep(path).folder, Path("mein-results"))
        self.assertTrue(Path("mein-results/results.csv").is_file())

    def test_points_that_fail_end_it_with_what_is_done(self):
        sweep = {"base": LENET, "vary": {"accelerators": [4, 8], "topology": ["htree", {"kind": "torus", "size": [4]}]}}
        with self.assertRaises(hypar.RunError) as caught:
            hypar.sweep(sweep, "-f")
        self.assertEqual((caught.exception.status, caught.exception.result.folder), (3, Path("-f")))
        self.assertIn("1 of 4 points failed", str(caught.exception))
        self.assertNotIn("failed", self.said())
        self.assertEqual([row.status for row in caught.exception.result.query()], ["done", "done", "done", "refused"])

    def test_around_an_experiment(self):
        network = {"name": "n", "input": {"channels": 1, "height": 4, "width": 4},
                   "layers": [{"name": "fc", "type": "fc", "out_features": 4}]}
        around = hypar.sweep({"network": network, "accelerators": 2, "batch": 4}, around=True)
        self.assertEqual(around.folder, Path("experiment-around-results"))
        self.assertGreater(len(around.query()), 50)

    def test_a_cluster_needs_a_file(self):
        with self.assertRaisesRegex(TypeError, "write it to a file"):
            hypar.sweep(self.SWEEP, engine="slurm")
        with self.assertRaises(hypar.CommandLineError) as caught:
            hypar.sweep(self.SWEEP, "x", sbatch=["--partition=long"], task_points=2)
        self.assertEqual(caught.exception.status, 2)


class QueryCommand(FolderTest):
    def test_gives_the_programs_rows(self):
        hypar.sweep(SweepCommand.SWEEP, "r")
        ours = hypar.query("r", where=["accelerators > 4", "strategy == hypar"], sort="-seconds", top=3,
                           columns=["point", "array.clock", "seconds"])
        theirs = program_json("query", "r", "--where=accelerators > 4", "--where=strategy == hypar", "--sort=-seconds",
                              "--top=3", "--columns=point,array.clock,seconds")
        self.assertEqual(ours.to_records(), theirs)
        self.assertEqual(len(ours), 1)
        front = hypar.query("r", pareto=["seconds", "-utilisation"], where="accelerators > 4").to_records()
        self.assertEqual(front, program_json("query", "r", "--pareto=seconds,-utilisation", "--where=accelerators > 4"))
        self.assertEqual(len(hypar.Sweep("r").query(best="-seconds")), 1)


class NocCommand(FolderTest):
    def test_gives_the_programs_json(self):
        options = {"topology": "torus", "size": "4x2", "vcs": 2, "buffer": 4, "router_cycles": 2, "link_cycles": 3,
                   "input_reads": "all", "routing": "deterministic", "traffic": "uniform", "ways": "routed",
                   "packet_flits": 2, "warmup": 100, "cycles": 500, "seed": 7}
        words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        ours = hypar.noc(rate=[0.05, 0.1], **options)
        self.assertEqual(ours.to_dict(), program_json("noc", *words, "--rate=0.05,0.1"))

    def test_of_an_array(self):
        array = {"base": "hpca19", "accelerators": 4, "topology": "ring"}
        ours = hypar.noc(array=array, set={"array.interconnect.flit": "32 B"}, rate=1e-05, cycles=500)
        self.assertEqual((ours.topology, ours.flit_bytes, ours.points[0].rate), ("ring", 32, 1e-05))


class CheckCommand(FolderTest):
    def test_gives_a_summary_for_each(self):
        path = self.write("s.yaml", "base: lenet-c\nvary: {batch: [1, 2, 4]}\nwhere: [batch > 1, batch < 4]\n")
        summaries = hypar.check(path, LENET)
        self.assertEqual(summaries[0] + "\n", run_program("check", str(path)))
        self.assertEqual(len(summaries), 2)
        self.assertTrue(summaries[1].startswith("<document>: experiment: lenet-c, batch 32"))


class ReproduceCommandLong(FolderTest):
    def test_gives_the_programs_json(self):
        ours = hypar.reproduce(choices="none")
        self.assertEqual(ours.to_dict(), program_json("reproduce", "hpca19", "--choices=none"))
        self.assertEqual(ours.text, run_program("reproduce", "hpca19", "--choices=none", "--format=json"))
        self.assertTrue(ours.save("Papier ü").is_file())
        self.assertEqual(len(ours.to_records("6")), 20)
        self.assertEqual({row["figure"] for row in ours.to_records()}, set(ours.figures))
        self.assertIn("Figure 6", ours._repr_html_())
