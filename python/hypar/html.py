"""Results in a notebook: plain HTML, with all text escaped."""

from __future__ import annotations

from html import escape
from typing import Any, Iterable, List, Mapping, Optional, Sequence

_MOST_ROWS = 60  # of a table; a line below says how many there are


def short(value: float) -> str:
    """A number to three significant digits."""
    return f"{value:.3g}"


def table(rows: Sequence[Mapping[str, Any]], columns: Optional[Sequence[str]] = None) -> str:
    """Rows without nesting; the columns that any of them has, or of these those that are given."""
    there = list(dict.fromkeys(key for row in rows for key in row))
    shown = there if columns is None else [column for column in columns if column in there]
    head = "".join(f"<th>{escape(column)}</th>" for column in shown)
    body = "".join(_row(row, shown) for row in rows[:_MOST_ROWS])
    text = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    if len(rows) > _MOST_ROWS:
        text += f"<p>{_MOST_ROWS} of {len(rows)} rows</p>"
    return text


def facts(title: str, values: Mapping[str, Any]) -> str:
    """A title, and below it keys with their values."""
    rows = "".join(f"<tr><th>{escape(key)}</th>{_cell(value)}</tr>" for key, value in values.items())
    return f"<p><b>{escape(title)}</b></p>" + (f"<table><tbody>{rows}</tbody></table>" if rows else "")


def details(title: str, content: str) -> str:
    """Content that is folded away."""
    return f"<details><summary>{escape(title)}</summary>{content}</details>"


def lines(texts: Iterable[str]) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def _row(row: Mapping[str, Any], columns: List[str]) -> str:
    return "<tr>" + "".join(_cell(row.get(column)) for column in columns) + "</tr>"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f'<td style="text-align: right" title="{value!r}">{value:.4g}</td>'
    if isinstance(value, int) and not isinstance(value, bool):
        return f'<td style="text-align: right">{value:,}</td>'
    if isinstance(value, list):
        return f"<td>{escape(' / '.join(str(item) for item in value))}</td>"
    return f'<td style="text-align: left">{"" if value is None else escape(str(value))}</td>'
