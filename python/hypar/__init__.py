"""hypar, a cycle-level simulator of an array of accelerators that trains deep neural networks, in Python.

    import hypar
    print(hypar.compare("vgg-a", strategy=["data", "hypar"]).to_frame())

Functions run the program and give its JSON reports as objects: `docs/python.md`, and for their keys
`docs/report-format.md`.
"""

from .commands import check, compare, noc, partition, query, reproduce, run, sweep
from .documents import Document, Table
from .errors import CommandLineError, Error, InputError, Interrupted, ProgramNotFound, RunError
from .program import find_program
from .results import Comparison, Noc, Plan, Report, Reproduction, Run, Sweep

__all__ = [
    "check",
    "compare",
    "noc",
    "partition",
    "query",
    "reproduce",
    "run",
    "sweep",
    "find_program",
    "Comparison",
    "Document",
    "Noc",
    "Plan",
    "Report",
    "Reproduction",
    "Run",
    "Sweep",
    "Table",
    "CommandLineError",
    "Error",
    "InputError",
    "Interrupted",
    "ProgramNotFound",
    "RunError",
]
