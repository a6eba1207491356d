"""The commands and files of a page of the documentation, as Markdown shows them.

- A line of a block that begins with a program (`./hypar`, `hypar`, `python3`) is a command; so is code within a text
  that begins with `./hypar`. It goes on over lines where the shell's does.
- `$ ` before a command says that its output follows, to the next one or to the end of the block. A line `...` there
  stands for any lines, `...` within a line for any text.
- A block whose first line has a comment that begins with a file's name is that file.
"""

import re
import shlex
import textwrap
from dataclasses import dataclass
from typing import List, Optional

COMMAND = re.compile(r"(\$ )?((\w+=\S+ )*(\./hypar|hypar|\./test|python3|~/\S+)( .*)?)$", re.DOTALL)
FILE = re.compile(r"[^\n]*?# ([\w-]+\.(yaml|py))\b")


@dataclass
class Command:
    line: int
    text: str
    output: Optional[List[str]] = None  # its lines, None where the page shows none


@dataclass
class File:
    line: int
    name: str
    text: str


def blocks(page):
    """Code of a page: the number of its first line, and its lines."""
    lines = page.split("\n")
    index = 0
    while index < len(lines):
        begin = index + 1
        if lines[index].startswith("```"):
            while index + 1 < len(lines) and not lines[index + 1].startswith("```"):
                index += 1
            yield begin + 1, lines[begin:index + 1]
            index += 2
        elif lines[index].startswith("    ") and (index == 0 or not lines[index - 1].strip()):
            while index + 1 < len(lines) and (lines[index + 1].startswith("    ") or not lines[index + 1].strip()):
                index += 1
            yield begin, textwrap.dedent("\n".join(lines[begin - 1:index + 1])).rstrip().split("\n")
            index += 1
        else:
            index += 1


def is_whole(text):
    if text.endswith("\\"):
        return False
    try:
        shlex.split(text, comments=True)
    except ValueError:  # a quotation that goes on
        return False
    return True


def in_block(first, lines):
    text = "\n".join(lines)
    named = FILE.match(text)
    if named and not COMMAND.match(lines[0]):
        yield File(first, named[1], text + "\n")
        return
    last = None
    index = 0
    while index < len(lines):
        match = COMMAND.match(lines[index])
        if match:
            last = Command(first + index, match[2], [] if match[1] else None)
            while not is_whole(last.text) and index + 1 < len(lines):
                index += 1
                last.text += "\n" + lines[index]
            yield last
        elif last and last.output is not None:
            last.output.append(lines[index])
        index += 1


def parts(page):
    """Commands and files of a page, in its order."""
    found = [part for first, lines in blocks(page) for part in in_block(first, lines)]
    prose = re.sub(r"^```.*?^```", lambda match: "\n" * match[0].count("\n"), page, flags=re.DOTALL | re.MULTILINE)
    for match in re.finditer(r"`(\./hypar [^`]+)`", prose):
        found.append(Command(prose.count("\n", 0, match.start()) + 1, " ".join(match[1].split())))
    return sorted(found, key=lambda part: part.line)


def matches(shown, output):
    """Whether lines of a page, in which `...` abbreviates, are this output."""
    pattern = ""
    for line in "\n".join(shown).strip("\n").split("\n"):
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += "[^\n]*?".join(re.escape(piece) for piece in line.rstrip().split("...")) + r" *\n"
    return re.fullmatch(pattern, output.strip("\n") + "\n") is not None
