"""What can go wrong, by the exit statuses of the program (docs/report-format.md)."""

from __future__ import annotations

import os
import re
from typing import Any, Optional, Sequence, Tuple

_IN_FILE = re.compile(r"(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): (?P<rest>.*)", re.DOTALL)
_OPTION = re.compile(r"--[a-z]|-o ")
_UNIT = re.compile(r"""\"(?:[^"\\]|\\.)*\"|.""", re.DOTALL)  # a text in quotes, or a character
_WITH_KEY = re.compile(r"(?P<key>[^\s:\"]+): (?P<rest>.*)", re.DOTALL)


class Error(Exception):
    """A command that failed: its `message`, and the program's exit `status`."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, status)
        self.message = message
        self.status = status

    def __str__(self) -> str:
        return self.message


class InputError(Error):
    """A value in a file, a dict or an option is wrong, or refused before a run (status 1).

    `file`, `line` and `column` (from 1, in bytes) say where it stands; a dict's file is called `<experiment>`,
    `<network>` and so on, and the message ends with the line. `option` is the place of a keyword argument, such as
    `--set batch=0`. `key` is the dotted path of the value, `problem` what is wrong with it. Each is None where the
    program says none. `mistakes` has all that were found; this is the first of them. `result` is the comparison of
    the runs that were not refused, where there are such.
    """

    def __init__(self, message: str, status: int = 1, files: Sequence[str] = (), shown: str = "") -> None:
        super().__init__(message + shown, status)
        self.file: Optional[str] = None
        self.line: Optional[int] = None
        self.column: Optional[int] = None
        self.option: Optional[str] = None
        self.key: Optional[str] = None
        self.mistakes: Tuple[InputError, ...] = (self,)
        self.result: Any = None
        self.problem = self._read_place(message, files)

    def __reduce__(self) -> Any:
        return _without_state, (type(self), self.args), self.__dict__

    def _read_place(self, message: str, files: Sequence[str]) -> str:
        """Returns what stands behind place and key."""
        if _OPTION.match(message):
            end = _end_of_option(message)
            self.option = message[:end]
            return self._read_key(message[end + 2 :])
        if found := _IN_FILE.fullmatch(message):
            self.file, self.line, self.column = found["file"], int(found["line"]), int(found["column"])
            return self._read_key(found["rest"])
        for file in [*files, *(os.path.normpath(file) for file in files)]:
            if message.startswith(file + ": "):
                self.file = file
                return message[len(file) + 2 :]
        return message

    def _read_key(self, rest: str) -> str:
        """Returns what stands behind the key."""
        found = _WITH_KEY.fullmatch(rest)
        if found is None:
            return rest
        self.key = found["key"]
        return found["rest"]


class CommandLineError(Error):
    """The program does not know a command or an option (status 2): it is of another version than this package."""


class RunError(Error):
    """A run that did not come to its end, or a result that could not be written (status 3).

    `result` is what is known all the same: of a sweep with points that failed, the Sweep; else None.
    """

    def __init__(self, message: str, status: int = 3, result: Any = None) -> None:
        super().__init__(message, status)
        self.result = result

    def __reduce__(self) -> Any:
        return type(self), (self.message, self.status, self.result)


class ProgramNotFound(Error):
    """There is no program to run; the message says where it was looked for."""

    def __init__(self, message: str, status: int = 3) -> None:
        super().__init__(message, status)


class Interrupted(KeyboardInterrupt):
    """Ctrl-C: the program has ended. A KeyboardInterrupt, so that `except Exception` does not take it.

    `result` is what is known so far: of a run or a comparison a partial one (`result.partial` says of how much), of
    a sweep the Sweep, which the same call goes on with; None where there is nothing.
    """

    def __init__(self, message: str, status: int = 3, result: Any = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.result = result


def _end_of_option(message: str) -> int:
    """Where the first colon and space stand that are in no brackets and no quotes."""
    depth = 0
    for unit in _UNIT.finditer(message):
        depth += (unit[0] in "[{") - (unit[0] in "]}")
        if depth <= 0 and message.startswith(": ", unit.start()):
            return unit.start()
    return len(message)


def _without_state(kind: Any, arguments: Tuple[Any, ...]) -> InputError:
    error: InputError = kind.__new__(kind, *arguments)
    return error
