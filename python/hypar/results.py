"""What the commands give: the program's JSON, tables of its lists, and how they look in a notebook."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Union

from . import html
from .documents import Document, Table, frame, records

if TYPE_CHECKING:
    import pandas

Folder = Union[str, "os.PathLike[str]"]

# What a notebook shows of them.
_PHASE_COLUMNS = (
    "layer phase cycles compute_cycles communication_cycles exchange.bound utilisation dram_bytes sent_bytes "
    "energy_joules"
).split()
_RUN_COLUMNS = (
    "experiment network array topology strategy accelerators batch seconds compute_seconds communication_seconds "
    "traffic_bytes energy_joules speedup energy_efficiency"
).split()


class Report(Document):
    """A whole JSON report of the program, which is also `text`, byte for byte."""

    __slots__ = ("text",)
    _list = ""  # whose rows `to_frame()` has
    _file = "report.json"

    def __init__(self, values: Mapping[str, Any], text: str) -> None:
        super().__init__(values)
        self.text = text

    def to_records(self, path: Optional[str] = None) -> List[Dict[str, Any]]:
        """A dict for each row of a list in the report, such as `links` or `memory.regions`; without a path, of the
        list that the class names. Keys of objects within have their path (`exchange.bound`), lists of objects are left
        out. Throws KeyError."""
        return records(self._rows_at(self._list if path is None else path))

    def to_frame(self, path: Optional[str] = None) -> "pandas.DataFrame":
        """The same as a pandas DataFrame; what a row does not have is NaN. Throws ImportError without pandas."""
        return frame(self.to_records(path))

    def save(self, folder: Folder) -> Path:
        """Writes the JSON report and the page index.html to a folder, which is made if it is not there, as `-o` does.
        Returns the path of the page. Throws OSError, RunError."""
        from .commands import draw_page

        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        temporary = target / f"{self._file}.{os.getpid()}.tmp"
        temporary.write_text(self.text, encoding="utf-8")
        temporary.replace(target / self._file)
        draw_page(target)
        return target / "index.html"

    def _rows_at(self, path: str) -> List[Mapping[str, Any]]:
        value: Any = self
        for key in path.split("."):
            value = value[key] if isinstance(value, Mapping) else None
        if isinstance(value, list) and all(isinstance(row, Mapping) for row in value):
            return value
        raise KeyError(f"{path} is no list of objects")


class Run(Report):
    """One training step: the JSON of `hypar run`. `to_frame()` has a row for each phase of each layer."""

    __slots__ = ()
    _list = "layers"

    def _rows_at(self, path: str) -> List[Mapping[str, Any]]:
        if path != "layers":
            return super()._rows_at(path)
        return [
            {"layer": layer["name"], "phase": phase, **values}
            for layer in self["layers"]
            for phase, values in layer["phases"].items()
        ]

    def __repr__(self) -> str:
        return (
            f"<hypar.Run {self['network']}, {self['strategy']}, {self['topology']}, "
            f"{self['hardware']['accelerators']} accelerators: {html.short(self['step']['seconds'])} s, "
            f"{html.short(self['energy_joules']['total'])} J{_partial(self)}>"
        )

    def _repr_html_(self) -> str:
        head = {key: self[key] for key in ("network", "array", "topology", "strategy", "batch", "precision")}
        head["accelerators"] = self["hardware"]["accelerators"]
        for path in ("step", "energy_joules"):
            head.update({f"{path}.{key}": value for key, value in self[path].items()})
        for key in ("energy_delay_product", "traffic_bytes"):
            head[key] = self[key]
        for key in ("needed_bytes", "capacity_bytes"):
            head[f"memory.{key}"] = self["memory"][key]
        phases = [row for row in self.to_records() if row["cycles"] > 0]
        return html.facts(repr(self), head) + html.details("layers", html.table(phases, _PHASE_COLUMNS))


class Comparison(Report):
    """Runs side by side: the JSON of `hypar compare`. `to_frame()` has a row for each run."""

    __slots__ = ()
    _list = "rows"

    def __repr__(self) -> str:
        return f"<hypar.Comparison of {len(self['rows'])} runs{_partial(self)}>"

    def _repr_html_(self) -> str:
        return html.table(self.to_records(), _RUN_COLUMNS)


class Plan(Document):
    """How an array shares a network's layers: the JSON of `hypar partition`."""

    __slots__ = ("text", "_experiment")

    def __init__(self, values: Mapping[str, Any], text: str, experiment: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.text = text
        self._experiment = experiment

    def to_experiment(self) -> Dict[str, Any]:
        """The plan as an experiment, a dict that `run` and `compare` take."""
        return {
            **self._experiment,
            "accelerators": self["accelerators"],
            "levels": [level["size"] for level in self["levels"]],
            "batch": self["batch"],
            "strategy": {"plan": list(self["plan"])},
        }

    def to_records(self) -> List[Dict[str, Any]]:
        """A dict for each layer: `layer`, its digit at each level (`H1`, `H2`, ...; 0 is the batch, 1 the input
        channels, 2 the output channels, 3 rows, 4 heads), and its `layer_bytes`."""
        names = [f"H{number}" for number in range(1, len(self["plan"]) + 1)]
        return [
            {"layer": layer, **{name: digits[index] for name, digits in zip(names, self["plan"])}, **moved}
            for index, (layer, moved) in enumerate(zip(self["layers"], self["layer_bytes"]))
        ]

    def to_frame(self) -> "pandas.DataFrame":
        """The same as a pandas DataFrame. Throws ImportError without pandas."""
        return frame(self.to_records())

    def __repr__(self) -> str:
        return (
            f"<hypar.Plan {self['network']}, {self['strategy']}, {self['accelerators']} accelerators: "
            f"{'/'.join(self['plan'])}, {html.short(self['traffic_bytes'])} bytes>"
        )

    def _repr_html_(self) -> str:
        keys = ("network", "strategy", "accelerators", "batch", "traffic_bytes", "bound_bytes", "gap", "exact")
        return html.facts(repr(self), {key: self[key] for key in keys}) + html.table(self.to_records())


class Reproduction(Report):
    """A paper's figures beside ours: the JSON of `hypar reproduce`. `to_frame("6")` has the rows of a figure,
    `to_frame()` those of all, with the column `figure`."""

    __slots__ = ()
    _file = "reproduce.json"

    def _rows_at(self, path: str) -> List[Mapping[str, Any]]:
        figures = self["figures"]
        if path:
            return list(figures[path]["rows"])
        return [{"figure": number, **row} for number, figure in figures.items() for row in figure["rows"]]

    def __repr__(self) -> str:
        return f"<hypar.Reproduction of {self['paper']}: figures {', '.join(self['figures'])}>"

    def _repr_html_(self) -> str:
        parts = []
        for number, figure in self["figures"].items():
            verdicts = [("met: " if verdict["met"] else "NOT MET: ") + verdict["text"] for verdict in figure["verdicts"]]
            title = f"Figure {number}: {figure['title']}"
            parts.append(html.details(title, html.table(self.to_records(number)) + html.lines(verdicts)))
        return "".join(parts)


class Noc(Report):
    """An interconnect alone: the JSON of `hypar noc`. `to_frame()` has a row for each rate."""

    __slots__ = ()
    _list = "points"

    def __repr__(self) -> str:
        rates = [point["rate"] for point in self["points"] if point["stable"]]
        stable = f"stable up to {max(rates)}" if rates else "unstable"
        return f"<hypar.Noc {self['topology']} of {self['nodes']} nodes, {self['traffic']}: {stable}>"

    def _repr_html_(self) -> str:
        head = {key: value for key, value in self.items() if not isinstance(value, (list, Mapping))}
        return html.facts(repr(self), head) + html.table(self.to_records())


class Sweep:
    """The results of a sweep, which are in `folder`: those that are there when they are asked for."""

    def __init__(self, folder: Folder) -> None:
        self.folder = Path(folder)

    def query(self, **choice: Any) -> Table:
        """Chooses from the points, as `hypar.query(folder, ...)`."""
        from .commands import query

        return query(self.folder, **choice)

    @property
    def points(self) -> Table:
        """All points with all columns of results.csv."""
        with open(self.folder / "results.csv", encoding="utf-8", newline="") as file:
            columns = next(csv.reader(file))
        return self.query(columns=columns)

    def to_records(self) -> List[Dict[str, Any]]:
        """A dict for each point, with all columns of results.csv."""
        return self.points.to_records()

    def to_frame(self) -> "pandas.DataFrame":
        """The same as a pandas DataFrame. Throws ImportError without pandas."""
        return frame(self.to_records())

    def __repr__(self) -> str:
        return f"<hypar.Sweep in {self.folder}>"

    def _repr_html_(self) -> str:
        return html.facts(repr(self), {}) + self.query()._repr_html_()


def _partial(report: Report) -> str:
    """What a stopped run or comparison covers; "" of a whole one."""
    if "partial" not in report:
        return ""
    done, whole = report["partial"].values()
    return f", partial: {done} of {whole} done"
