"""Python values as the program's input: dicts become files, keyword arguments become options.

A dict is written as YAML that looks like JSON, a key a line, into a private temporary folder.
"""

from __future__ import annotations

import decimal
import numbers
import os
import re
import shutil
import tempfile
from types import TracebackType
from typing import Any, Dict, List, Mapping, Optional, Sequence, Type, Union

Reference = Union[str, "os.PathLike[str]", Mapping[str, Any]]
"""A name that `hypar list` shows, a path, or the map itself."""

_FILE_KEYS = ("network", "array", "base", "strategy")  # whose values may name files
_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_NOT_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")  # they would be read as something else


class Inputs:
    """The private files of one call, which are gone when it ends."""

    def __init__(self) -> None:
        self._folder: Optional[str] = None
        self._texts: Dict[str, str] = {}

    def __enter__(self) -> "Inputs":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], value: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def word(self, kind: str, value: Reference) -> str:
        """The command line's word for a file of this kind: a name, a path, or the path of what a dict is written to.

        In a dict, paths in the values of `network`, `array`, `base` and `strategy` are relative to the working directory.
        """
        if isinstance(value, Mapping):
            return self._write(kind, yaml_text(_anchored(value)) + "\n")
        if isinstance(value, (str, os.PathLike)):
            return _path(value) if isinstance(value, os.PathLike) else value
        raise TypeError(f"{kind}: expected a name, a path or a dict, not {value!r}")

    def words(self, kind: str, values: Sequence[Reference]) -> List[str]:
        return [self.word(kind, value) for value in values]

    def named(self, message: str) -> str:
        """A message in which files of dicts have the names of their kinds, such as `<experiment>`."""
        for path in self._texts:
            message = message.replace(path, _label(path))
        return message

    def shown(self, message: str) -> str:
        """The line of a dict that a message of `named` begins with, and below it where on it; "" if it is of none."""
        for path, text in self._texts.items():
            found = re.match(re.escape(_label(path)) + r":(\d+):(\d+): ", message)
            if found is None:
                continue
            line, column = int(found[1]), int(found[2])
            content = text.splitlines()[line - 1]
            before = content.encode()[: column - 1].decode(errors="ignore")
            number = f"{line} | "
            return f"\n  {number}{content}\n  {' ' * (len(number) + len(before))}^"
        return ""

    def _write(self, kind: str, text: str) -> str:
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="hypar-")
        count = sum(_kind(path) == kind for path in self._texts)
        path = os.path.join(self._folder, f"{kind}-{count + 1}.yaml" if count else f"{kind}.yaml")
        with open(path, "x", encoding="utf-8", newline="") as file:
            file.write(text)
        self._texts[path] = text
        return path


def settings(values: Mapping[str, Any]) -> List[str]:
    """`--set KEY=VALUE` for each; None is left out."""
    return [f"--set={key}={plain_yaml(value)}" for key, value in values.items() if value is not None]


def options(values: Mapping[str, Any]) -> List[str]:
    """`--name VALUE` for each, of a list with commas between them; None is left out."""
    words = []
    for name, value in values.items():
        if value is not None:
            words.append(f"--{name.replace('_', '-')}={','.join(_word(item) for item in as_list(value))}")
    return words


def yaml_words(value: Any) -> Optional[List[str]]:
    """What `options` takes of an option whose values the program reads as YAML."""
    return None if value is None else [plain_yaml(item) for item in as_list(value)]


def as_list(value: Any) -> List[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def folder_word(folder: Union[str, "os.PathLike[str]"]) -> str:
    """A folder that no program takes for an option."""
    word = os.fspath(folder)
    return os.path.join(".", word) if word.startswith("-") else word


def yaml_text(value: Any, indent: str = "") -> str:
    """Any value as YAML that looks like JSON, a key a line."""
    deeper = indent + "  "
    if isinstance(value, Mapping) and value:
        entries = (f"{deeper}{_quoted(_key(key))}: {yaml_text(item, deeper)}" for key, item in value.items())
        return "{\n" + ",\n".join(entries) + f"\n{indent}}}"
    if isinstance(value, (list, tuple)) and any(isinstance(item, (Mapping, list, tuple)) for item in value):
        return "[\n" + ",\n".join(deeper + yaml_text(item, deeper) for item in value) + f"\n{indent}]"
    return _in_line(value, _quoted)


def plain_yaml(value: Any) -> str:
    """Any value in one line of YAML; a word that can stand without quotes does."""
    return _in_line(value, _plain)


def _in_line(value: Any, text_of: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quoted(_key(key))}: {_in_line(item, _quoted)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_in_line(item, _quoted) for item in value) + "]"
    if isinstance(value, os.PathLike):
        return str(text_of(_path(value)))
    if isinstance(value, str):
        return str(text_of(value))
    return _number(value)


def _word(value: Any) -> str:
    if isinstance(value, os.PathLike):
        return _path(value)
    return value if isinstance(value, str) else _number(value)


def _number(value: Any) -> str:
    """Numbers as the program reads them, without exponents; also those of numpy."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        exact = decimal.Decimal(repr(float(value)))
        if exact.is_finite():
            return format(exact, "f")
    raise TypeError(f"expected a dict, a list, a text, a path, a finite number, True or False, not {value!r}")


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    raise TypeError(f"expected a text as a key, not {key!r}")


def _quoted(text: str) -> str:
    """In double quotes. Quotes within are numbers, for the program divides lists without reading their texts."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character != '"' and character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _plain(text: str) -> str:
    return text if _PLAIN_WORD.fullmatch(text) and text.lower() not in _NOT_WORDS else _quoted(text)


def _path(value: "os.PathLike[str]") -> str:
    """A path that the program takes for no name."""
    path = os.fspath(value)
    return path if _is_path(path) else os.path.join(".", path)


def _is_path(reference: str) -> bool:
    return "/" in reference or reference.endswith((".yaml", ".yml"))


def _anchored(value: Any, key: str = "") -> Any:
    """A value whose references to files hold in any folder."""
    if isinstance(value, Mapping):
        return {name: _anchored(item, str(name)) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        together = [word.strip() for word in key.split(",")]  # keys of a sweep that vary together
        if len(together) == 1:
            return [_anchored(item, key) for item in value]
        return [_anchored_each(item, together) for item in value]
    if isinstance(value, os.PathLike):
        return os.path.abspath(value)
    if isinstance(value, str) and key in _FILE_KEYS and _is_path(value):
        return os.path.abspath(value)
    return value


def _anchored_each(item: Any, keys: List[str]) -> Any:
    if not isinstance(item, (list, tuple)) or len(item) != len(keys):
        return item  # the program says what is wrong with it
    return [_anchored(value, key) for value, key in zip(item, keys)]


def _label(path: str) -> str:
    return f"<{os.path.splitext(os.path.basename(path))[0]}>"


def _kind(path: str) -> str:
    return re.sub(r"(-\d+)?\.yaml$", "", os.path.basename(path))
