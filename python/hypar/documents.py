"""JSON objects with their keys as attributes, and tables made of them."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, NoReturn, Sequence, Union, overload

if TYPE_CHECKING:
    import pandas


class Document(Mapping[str, Any]):
    """An object of a JSON report, which cannot be changed: `document["step"]["seconds"]` is `document.step.seconds`.

    Keys are those of docs/report-format.md, with their units. A key that is a word of Python or the name of a method
    (`link["from"]`) is reached in brackets.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # never a key; while a copy is made there are no values yet
            raise AttributeError(name)
        if name in self._values:
            return self._values[name]
        meant = difflib.get_close_matches(name, self._values, 1)
        hint = f" (did you mean {meant[0]!r}?)" if meant else ""
        raise AttributeError(f"there is no {name!r}; there are: {', '.join(self._values)}{hint}")

    def __dir__(self) -> List[str]:
        return [*super().__dir__(), *self._values]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({_brief(self._values)})"

    def to_dict(self) -> Dict[str, Any]:
        """A copy that is made of dicts and lists alone."""
        return {key: _plain(value) for key, value in self._values.items()}

    def _ipython_key_completions_(self) -> List[str]:
        return list(self._values)


class Table(Sequence[Document]):
    """Rows, each a Document."""

    def __init__(self, rows: Sequence[Document]) -> None:
        self._rows = tuple(rows)

    @overload
    def __getitem__(self, index: int) -> Document: ...

    @overload
    def __getitem__(self, index: slice) -> "Table": ...

    def __getitem__(self, index: Union[int, slice]) -> Union[Document, "Table"]:
        return Table(self._rows[index]) if isinstance(index, slice) else self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self._rows == other._rows

    def __repr__(self) -> str:
        columns = ", ".join(self._rows[0]) if self._rows else ""
        return f"<hypar.Table of {len(self)} rows: {columns}>"

    def _repr_html_(self) -> str:
        from .html import table

        return table(self.to_records())

    def to_records(self) -> List[Dict[str, Any]]:
        """A dict for each row: keys of objects within have their path, lists of objects are left out."""
        return records(self._rows)

    def to_frame(self) -> "pandas.DataFrame":
        """The same as a pandas DataFrame; what a row does not have is NaN. Throws ImportError without pandas."""
        return frame(self.to_records())


def parse(text: str) -> Any:
    """JSON, with Documents for its objects."""
    return json.loads(text, object_hook=Document, parse_constant=_refuse)


def records(rows: Sequence[Mapping[str, Any]]) -> List[Dict[str, Any]]:
    """Rows without nesting: paths for the keys of objects within; lists of objects are left out."""
    flat = [_flat(row) for row in rows]
    above = {path[:dot] for row in flat for path in row for dot in range(len(path)) if path[dot] == "."}
    return [{path: value for path, value in row.items() if value is not None or path not in above} for row in flat]


def frame(rows: Sequence[Mapping[str, Any]]) -> "pandas.DataFrame":
    try:
        import pandas
    except ImportError:
        raise ImportError(
            "to_frame() needs pandas (Debian: python3-pandas); to_records() gives the same as a list of dicts"
        ) from None
    return pandas.DataFrame(list(rows))


def _flat(values: Mapping[str, Any], prefix: str = "") -> Dict[str, Any]:
    result: Dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            result.update(_flat(value, f"{prefix}{key}."))
        elif not (isinstance(value, list) and any(isinstance(item, Mapping) for item in value)):
            result[prefix + key] = _plain(value)
    return result


def _plain(value: Any) -> Any:
    if isinstance(value, Document):
        return value.to_dict()
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _brief(values: Mapping[str, Any]) -> str:
    """Keys with their values, or with the sizes of what is large."""
    words = []
    for key, value in values.items():
        if isinstance(value, (Mapping, list)):
            words.append(f"{key}={{{len(value)}}}" if isinstance(value, Mapping) else f"{key}=[{len(value)}]")
        else:
            words.append(f"{key}={value!r}")
    return ", ".join(words)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
