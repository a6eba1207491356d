"""Makes the wheel of the package hypar, for pip (PEP 517, PEP 660), with the standard library alone: pip can install a
checkout without a network."""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
from pathlib import Path
from typing import Any, Dict, Optional

_FOLDER = Path(__file__).resolve().parent
_NAME = "hypar-0.2.0"
_METADATA = """\
Metadata-Version: 2.1
Name: hypar
Version: 0.2.0
Summary: Python over hypar, a cycle-level simulator of an array of accelerators that trains deep neural networks
License: Apache-2.0
Requires-Python: >=3.9
"""
_WHEEL = """\
Wheel-Version: 1.0
Generator: hypar
Root-Is-Purelib: true
Tag: py3-none-any
"""


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: Optional[str] = None) -> str:
    """The package, with a note of which checkout it is from: there is the program that it runs."""
    package = _FOLDER / "hypar"
    files = {f"hypar/{path.name}": path.read_bytes() for path in [*package.glob("*.py"), package / "py.typed"]}
    files["hypar/checkout.txt"] = os.fsencode(_FOLDER.parent)
    return _write(Path(wheel_directory), files)


def build_editable(wheel_directory: str, config_settings: Any = None, metadata_directory: Optional[str] = None) -> str:
    """Where the package is: `pip install -e .`"""
    return _write(Path(wheel_directory), {"hypar.pth": os.fsencode(_FOLDER) + b"\n"})


def build_sdist(sdist_directory: str, config_settings: Any = None) -> str:
    raise NotImplementedError("the package runs the program of a checkout: install it from there")


def _write(folder: Path, files: Dict[str, bytes]) -> str:
    about = {"METADATA": _METADATA, "WHEEL": _WHEEL}
    files = {**files, **{f"{_NAME}.dist-info/{name}": text.encode() for name, text in about.items()}}
    record = f"{_NAME}.dist-info/RECORD"
    lines = [f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in sorted(files.items())]
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    wheel = f"{_NAME}-py3-none-any.whl"
    with zipfile.ZipFile(folder / wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return wheel


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
