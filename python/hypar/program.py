"""Finding the program and running it: what it says passes through, Ctrl-C reaches it."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import selectors
import shutil
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

from .errors import ProgramNotFound

_HELD_SECONDS = 2.0  # longer than the program takes from its last message to its end
_PAUSE_SECONDS = 0.2
_KEPT_CHARACTERS = 1 << 20  # of what it has said, for the message of an error
_WIPE = "\r\033[K"
_WIPED = re.compile(r"[^\n]*\r(?:\033\[K)?")
_MESSAGE = re.compile(r"^hypar: ", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """How a command has ended: its exit status, negative if a signal ended it, what it printed on standard output,
    and its messages, without `hypar: `. Of one that is done there are none: they have been passed on."""

    status: int
    output: str
    messages: Tuple[str, ...]
    was_interrupted: bool


def find_program() -> str:
    """The program: what the environment variable HYPAR says, or ./hypar of the checkout that this package is in or was
    installed from, which builds it first, or bin/hypar of the prefix that both are installed in, or hypar in PATH.
    Throws ProgramNotFound."""
    given = os.environ.get("HYPAR")
    if given:
        if not _is_program(Path(given)):
            raise ProgramNotFound(f"HYPAR={given} is no program")
        return os.path.abspath(given)
    checkout = _checkout()
    if checkout is not None and _is_program(checkout / "hypar"):
        return str(checkout / "hypar")
    beside = _prefix() / "bin" / "hypar"
    if _is_program(beside):
        return str(beside)
    found = shutil.which("hypar")
    if found is not None:
        return found
    raise ProgramNotFound(
        "there is no program hypar: set the environment variable HYPAR to the ./hypar of a checkout, or put it in PATH"
        + ("" if checkout is None else f"; this package was installed from {checkout}, where it is no longer")
    )


def execute(words: Sequence[str], separate: bool = False) -> Outcome:
    """Runs the program. With `separate` all messages are kept, for they tell of one mistake each; without, all but the
    last message of a program that fails pass through to sys.stderr, and so does its progress.

    Ctrl-C ends the program gently, once more at once. Throws ProgramNotFound, and KeyboardInterrupt the second time.
    """
    command = [find_program(), *words]
    reader, writer = _terminal() if _shows_progress() and not separate else os.pipe()
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=writer,
            env={**os.environ, "NO_COLOR": "1"},
        )
    except OSError as error:
        os.close(reader)
        raise ProgramNotFound(f"{command[0]} cannot be run: {error.strerror}") from None
    finally:
        os.close(writer)
    relay = _Relay(keeps_all=separate)
    try:
        return _finished(process, reader, relay)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(reader)
        assert process.stdout is not None
        process.stdout.close()


class _Relay:
    """Passes on to sys.stderr what the program says, a moment later, for the last message of a program that fails is
    its error, which is raised and not printed."""

    def __init__(self, keeps_all: bool) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._keeps_all = keeps_all
        self._said = ""
        self._held = ""
        self._due = 0.0
        self._shows_bar = False

    def seconds_left(self) -> Optional[float]:
        """Until `pass_on` is due; None if nothing is held."""
        return max(0.0, self._due - time.monotonic()) if self._held else None

    def take(self, data: bytes) -> None:
        text = self._decoder.decode(data)
        if not self._held:
            is_bar = text.startswith("\r") and not _MESSAGE.search(text)
            self._due = time.monotonic() + (0 if is_bar else _HELD_SECONDS)
        self._held += text
        self._said = _WIPED.sub("", self._said + text)[-_KEPT_CHARACTERS:]

    def pass_on(self) -> None:
        if not self._keeps_all:
            _print(self._held)
            self._shows_bar = (self._shows_bar or "\r" in self._held) and not self._held.endswith((_WIPE, "\n"))
        self._held = ""

    def end(self, has_failed: bool) -> Tuple[str, ...]:
        """Returns the messages of a program that failed: the last one, or all that were kept."""
        said = self._said
        starts = [found.start() for found in _MESSAGE.finditer(said)]
        if not has_failed:
            self.pass_on()
        elif not self._keeps_all:
            last = said[starts[-1] :] if starts else said
            self._held = self._held[: -len(last)] if last and self._held.endswith(last) else ""
            self.pass_on()
        if self._shows_bar:
            _print(_WIPE)
        if not has_failed:
            return ()
        if not starts:
            return (said.strip(),)
        messages = tuple(said[a + len("hypar: ") : b].rstrip() for a, b in zip(starts, [*starts[1:], len(said)]))
        return messages if self._keeps_all else messages[-1:]


def _finished(process: "subprocess.Popen[bytes]", reader: int, relay: _Relay) -> Outcome:
    output: List[bytes] = []
    was_interrupted = False
    try:
        _pump(process, reader, relay, output)
    except KeyboardInterrupt:
        # The terminal has sent the program a SIGINT, a notebook has not; its second SIGINT would end it at once.
        was_interrupted = True
        process.terminate()
        _pump(process, reader, relay, output)
    status = process.wait()
    return Outcome(status, b"".join(output).decode(errors="replace"), relay.end(status != 0), was_interrupted)


def _pump(process: "subprocess.Popen[bytes]", reader: int, relay: _Relay, output: List[bytes]) -> None:
    """Reads both streams until the program has closed them, or has ended and what it started says nothing."""
    assert process.stdout is not None
    printed = process.stdout.fileno()
    with selectors.DefaultSelector() as selector:
        for stream in (printed, reader):
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(min(relay.seconds_left() or _PAUSE_SECONDS, _PAUSE_SECONDS))
            if not ready and process.poll() is not None:
                return
            for key, _ in ready:
                data = _read(key.fd)
                if not data:
                    selector.unregister(key.fd)
                elif key.fd == printed:
                    output.append(data)
                else:
                    relay.take(data)
            if relay.seconds_left() == 0:
                relay.pass_on()


def _read(stream: int) -> bytes:
    try:
        return os.read(stream, 1 << 16)
    except OSError:  # of a terminal that the program has closed
        return b""


def _shows_progress() -> bool:
    """Where a line can be written over: on a terminal, and in a notebook."""
    return sys.stderr is not None and (sys.stderr.isatty() or "ipykernel" in sys.modules)


def _terminal() -> Tuple[int, int]:
    """A terminal for the program's progress: where to read it, and where the program writes."""
    reader, writer = pty.openpty()
    attributes = termios.tcgetattr(writer)
    attributes[1] &= ~termios.OPOST  # a line ends with \n, not \r\n
    termios.tcsetattr(writer, termios.TCSANOW, attributes)
    columns, lines = shutil.get_terminal_size()
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    return reader, writer


def _print(text: str) -> None:
    if text and sys.stderr is not None:
        sys.stderr.write(text)
        sys.stderr.flush()


def _checkout() -> Optional[Path]:
    """The checkout that this package is in, or was installed from."""
    package = Path(__file__).resolve().parent
    if (package.parents[1] / "CMakeLists.txt").is_file():
        return package.parents[1]
    note = package / "checkout.txt"
    return Path(note.read_text(encoding="utf-8", errors="surrogateescape")) if note.is_file() else None


def _prefix() -> Path:
    """Of what `cmake --install` has put this package in: PREFIX/lib/python3/dist-packages/hypar."""
    return Path(__file__).resolve().parents[4]


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
