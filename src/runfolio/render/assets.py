"""The files a theme brings into a site, each under a name that holds its digest; Plotly's bundle among them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath

from runfolio.errors import ThemeError
from runfolio.render.theme import Theme


@dataclass(frozen=True, slots=True)
class Assets:
    """Site path by plain name, and bytes by site path."""

    paths: Mapping[str, str]
    files: Mapping[str, bytes]


def hashed(contents: Mapping[str, bytes]) -> Assets:
    """`app.css` becomes `assets/app.<10 hex digits>.css`: a changed file has another address, so caches never lie."""
    paths: dict[str, str] = {}
    found: dict[str, bytes] = {}
    for name, data in sorted(contents.items()):
        pure = PurePosixPath(name)
        digest = hashlib.sha256(data).hexdigest()[:10]
        paths[name] = f"assets/{pure.with_suffix('')}.{digest}{pure.suffix}"
        found[paths[name]] = data
    return Assets(paths, found)


@cache
def plotly_bundle() -> bytes:
    """The bundle inside the installed plotly package: no copy of it is kept in this project."""
    try:
        return files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise ThemeError(
            "Plotly's bundle was not found in the installed plotly package",
            hint="install plotly again: pip install --force-reinstall plotly",
        ) from error


def joined(theme: Theme, names: Sequence[str]) -> bytes:
    """The theme's scripts as one file, without the comments and indents that only their authors need.

    A line that is only a comment goes, and so does white space at a line's start: no script here has a text that
    spans lines, which tests/render holds.
    """
    lines: list[str] = []
    in_comment = False
    for name in names:
        for raw in theme.read(f"assets/{name}").decode("utf-8").splitlines():
            line = raw.strip()
            starts = line.startswith("/*")
            if not (in_comment or starts or line.startswith("//")) and line:
                lines.append(line)
            in_comment = (in_comment or starts) and not line.endswith("*/")
    return ("\n".join(lines) + "\n").encode()
