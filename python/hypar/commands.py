"""The program's commands as functions. Each runs the program and waits for it.

`set` takes what `--set` does: dotted paths through the resolved experiment, with values as in its file
(`set={"batch": 64, "array.clock": "500 MHz"}`); it comes after the other keyword arguments. Quantities are texts with
their unit. Arguments that are None are left to the experiment, or to the program's default.

All throw InputError, RunError, Interrupted (a KeyboardInterrupt) and ProgramNotFound.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, NoReturn, Optional, Sequence, TypeVar, Union

from .documents import Table, parse
from .errors import CommandLineError, Error, InputError, Interrupted, RunError
from .inputs import Inputs, Reference, folder_word, options, settings, yaml_words
from .program import Outcome, execute
from .results import Comparison, Folder, Noc, Plan, Report, Reproduction, Run, Sweep

Strategy = Union[str, Mapping[str, Any]]
Topology = Union[str, Mapping[str, Any]]
Kind = TypeVar("Kind", bound=Report)


def run(
    experiment: Optional[Reference] = None,
    *,
    network: Optional[Reference] = None,
    array: Optional[Reference] = None,
    accelerators: Optional[int] = None,
    batch: Optional[int] = None,
    strategy: Optional[Strategy] = None,
    topology: Optional[Topology] = None,
    set: Optional[Mapping[str, Any]] = None,
    explain: Optional[str] = None,
    fidelity: Optional[str] = None,
    trace: Optional[Folder] = None,
    chakra: Optional[Folder] = None,
) -> Run:
    """Simulates one training step of an experiment: a name, a path, or a dict; without one, of `network`.

    `batch` is in samples of the step. `explain` is `plan` or `path`: what is added to the report. `fidelity` is `fast`
    or `full`, with the same results. `trace` is a file for the step's timeline, which Perfetto opens, `chakra` a folder
    for an execution trace of each accelerator.
    A step that Ctrl-C ends is in `Interrupted.result`.
    """
    chosen = {"network": None if experiment is None else network, "array": array, "accelerators": accelerators,
              "batch": batch, "strategy": strategy, "topology": topology}
    with Inputs() as inputs:
        word = inputs.word("experiment", _experiment(experiment, network))
        extra = options({"explain": explain, "fidelity": fidelity, "trace": trace, "chakra": chakra})
        words = [*settings(chosen), *settings(set or {}), *extra, "--format=json", "--", word]
        return _run_report(Run, ["run", *words], inputs)


def compare(
    *experiments: Reference,
    network: Union[None, Reference, Sequence[Reference]] = None,
    strategy: Union[None, Strategy, Sequence[Strategy]] = None,
    topology: Union[None, Topology, Sequence[Topology]] = None,
    array: Optional[Reference] = None,
    accelerators: Union[None, int, Sequence[int]] = None,
    batch: Union[None, int, Sequence[int]] = None,
    baseline: Optional[str] = None,
    set: Optional[Mapping[str, Any]] = None,
    fidelity: Optional[str] = None,
) -> Comparison:
    """Runs each experiment with each network, topology, number of accelerators, batch and strategy, in this order of
    loops, and relates the runs.

    These are one value or a list each; `baseline` is the strategy whose runs the others are related to. Without
    experiments the networks alone are run. The runs that are done when Ctrl-C ends it are in `Interrupted.result`,
    those that are left where some were refused in `InputError.result`.
    """
    varied = {name: yaml_words(value) for name, value in
              {"network": network, "topology": topology, "accelerators": accelerators, "batch": batch,
               "strategy": strategy}.items()}
    chosen = {"array": array, **(set or {})}
    with Inputs() as inputs:
        references = experiments or (_experiment(None, network),)
        named = {"fidelity": fidelity, "baseline": baseline}
        words = [*settings(chosen), *options(varied), *options(named), "--format=json", "--"]
        return _run_report(Comparison, ["compare", *words, *inputs.words("experiment", references)], inputs)


def partition(
    network: Reference,
    *,
    strategy: Optional[Strategy] = None,
    splits: Union[None, str, Sequence[str]] = None,
    accelerators: Optional[int] = None,
    levels: Optional[Sequence[int]] = None,
    batch: Optional[int] = None,
    partial_sums: Optional[str] = None,
    plan: Optional[Reference] = None,
    explain: Optional[str] = None,
) -> Plan:
    """Plans how an array shares a network's layers, and simulates nothing.

    `splits` is what the strategy may choose among, `levels` into how many groups each level divides, `plan` an
    experiment whose plan is reported for this network. `explain="plan"` adds what each cell's other choice would cost.
    """
    given = {"splits": splits, "accelerators": accelerators, "levels": levels, "batch": batch}
    rest = {"partial_sums": partial_sums, "explain": explain}
    with Inputs() as inputs:
        file = None if plan is None else inputs.word("experiment", plan)
        words = options({"strategy": yaml_words(strategy), **given, **rest, "plan": file})
        outcome = _execute(["partition", *words, "--format=json", "--", inputs.word("network", network)], inputs)
    experiment: Dict[str, Any] = {"network": network}
    if partial_sums is not None:
        experiment["partial_sums"] = partial_sums
    return Plan(parse(outcome.output), outcome.output, experiment)


def sweep(
    sweep: Reference,
    folder: Optional[Folder] = None,
    *,
    jobs: Optional[int] = None,
    around: bool = False,
    engine: Optional[str] = None,
    time_limit: Optional[int] = None,
    memory_limit: Optional[str] = None,
    task_points: Optional[int] = None,
    sbatch: Sequence[str] = (),
) -> Sweep:
    """Runs every point of a sweep that has no result in `folder` yet, and keeps the results there.

    Without a folder they go to the sweep's name and `-results`; that of a dict is `sweep`. `time_limit` is in seconds
    and `memory_limit` a size, of a point. With `around` the sweep is an experiment, around which each number of its
    array is doubled and halved. Throws RunError if points failed, Interrupted if it was stopped; both have the Sweep
    as their `result`, and the same call goes on.
    """
    if engine == "slurm" and isinstance(sweep, Mapping):
        raise TypeError("the tasks of a cluster read the sweep, too: write it to a file and give its path")
    with Inputs() as inputs:
        word = inputs.word("experiment" if around else "sweep", sweep)
        target = Path(Path(word).stem + ("-around" if around else "") + "-results" if folder is None else folder)
        limits = {"time_limit": time_limit, "memory_limit": memory_limit, "task_points": task_points}
        words = [*options({"jobs": jobs, "engine": engine, **limits}), *(f"--sbatch={option}" for option in sbatch)]
        words += ["--around"] if around else []
        _execute(["sweep", *words, "-o", folder_word(target), "--", word], inputs, Sweep(target))
    return Sweep(target)


def query(
    folder: Folder,
    *,
    where: Union[str, Sequence[str]] = (),
    sort: Optional[str] = None,
    best: Optional[str] = None,
    top: Optional[int] = None,
    pareto: Union[None, str, Sequence[str]] = None,
    columns: Union[None, str, Sequence[str]] = None,
) -> Table:
    """Chooses from the points of the latest sweep of a folder.

    `where` is a condition or several. `sort` and `best` are columns, the least first; `-` before one: the greatest.
    `pareto` is two figures, of which no other point is better in one without being worse in the other. The units of
    columns are in their names.
    """
    conditions = [where] if isinstance(where, str) else list(where)
    words = [f"--where={condition}" for condition in conditions]
    words += options({"sort": sort, "best": best, "top": top, "pareto": pareto, "columns": columns})
    with Inputs() as inputs:
        outcome = _execute(["query", *words, "--format=json", "--", os.fspath(folder)], inputs)
    return Table(parse(outcome.output))


def reproduce(paper: str = "hpca19", *, choices: Union[None, str, Sequence[str]] = None) -> Reproduction:
    """Every figure of a paper, theirs beside ours. `choices` are those of the model that are turned to see what the
    figures owe to them: `all`, which is the default, `none`, which is quicker, or names."""
    with Inputs() as inputs:
        words = [*options({"choices": choices}), "--format=json", "--", paper]
        return _run_report(Reproduction, ["reproduce", *words], inputs)


def noc(
    *,
    topology: Optional[str] = None,
    size: Optional[str] = None,
    vcs: Optional[int] = None,
    buffer: Optional[int] = None,
    router_cycles: Optional[int] = None,
    link_cycles: Optional[int] = None,
    input_reads: Optional[str] = None,
    routing: Optional[str] = None,
    array: Optional[Reference] = None,
    set: Optional[Mapping[str, Any]] = None,
    traffic: Optional[str] = None,
    ways: Optional[str] = None,
    rate: Union[None, float, Sequence[float]] = None,
    packet_flits: Optional[int] = None,
    warmup: Optional[int] = None,
    cycles: Optional[int] = None,
    seed: Optional[int] = None,
) -> Noc:
    """Latency (cycles) and throughput of an interconnect alone, at one offered rate (flits for each node and cycle)
    after the other: one of `topology` and the arguments below it, or that of an `array` with `set`."""
    own = {"topology": topology, "size": size, "vcs": vcs, "buffer": buffer, "router_cycles": router_cycles,
           "link_cycles": link_cycles, "input_reads": input_reads, "routing": routing}
    load = {"traffic": traffic, "ways": ways, "rate": rate, "packet_flits": packet_flits, "warmup": warmup,
            "cycles": cycles, "seed": seed}
    with Inputs() as inputs:
        file = None if array is None else inputs.word("array", array)
        words = [*options({**own, "array": file, **load}), *settings(set or {})]
        return _run_report(Noc, ["noc", *words, "--format=json"], inputs)


def check(*files: Reference) -> List[str]:
    """Reads and validates files, or dicts, of any kind: a summary for each. `InputError.mistakes` has all mistakes."""
    with Inputs() as inputs:
        outcome = _execute(["check", "--", *inputs.words("document", files)], inputs, separate=True)
        text = inputs.named(outcome.output)
    summaries: List[str] = []
    for line in text.splitlines():
        if line.startswith("  ") and summaries:
            summaries[-1] += "\n" + line
        else:
            summaries.append(line)
    return summaries


def draw_page(folder: Path) -> None:
    """Draws the page of the result that was written to a folder last: `hypar report`."""
    with Inputs() as inputs:
        _execute(["report", "--", str(folder)], inputs)


def _experiment(experiment: Optional[Reference], network: Any) -> Reference:
    """The experiment, or without one that of a network, of several the first."""
    if experiment is not None:
        return experiment
    first = network[0] if isinstance(network, (list, tuple)) and network else network
    if not first:
        raise TypeError("expected an experiment or a network")
    return {"network": first}


def _run_report(kind: Callable[[Mapping[str, Any], str], Kind], words: Sequence[str], inputs: Inputs) -> Kind:
    """Runs a command that prints a JSON report, and reads it."""
    text = _execute(words, inputs, kind=kind).output
    return kind(parse(text), text)


def _execute(
    words: Sequence[str], inputs: Inputs, result: Any = None, kind: Any = None, separate: bool = False
) -> Outcome:
    """Runs a command to its end. What is thrown has `result`, or what was printed as a report of `kind`."""
    outcome = execute(words, separate)
    if outcome.status == 0 and not outcome.was_interrupted:
        return outcome
    if outcome.output and kind is not None:
        result = kind(parse(outcome.output), outcome.output)
    status = outcome.status
    messages = [inputs.named(message) for message in outcome.messages]
    if status == 1 and not outcome.was_interrupted:
        mistakes = tuple(InputError(text, status, words, inputs.shown(text)) for text in messages)
        mistakes[0].mistakes = mistakes
        mistakes[0].result = result
        raise mistakes[0]
    _throw(outcome, messages[-1] if messages else "", result)


def _throw(outcome: Outcome, message: str, result: Any) -> NoReturn:
    status = outcome.status
    if outcome.was_interrupted or (status == 3 and message.startswith("stopped early")):
        raise Interrupted(message or "stopped early", status, result)
    if status < 0:
        raise RunError(f"ended by signal {-status}", status, result)
    raise CommandLineError(message, status) if status == 2 else RunError(message, status, result)
