"""What real clients wrote, damaged: whatever is in a file, no reader fails, and what it says has a place and a hint."""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from story import FOLDER, trackers

from runfolio.catalog import read_catalog

#: Values in place of others, as JSON: other types, numbers that no float holds, and texts that are no text.
HOSTILE = (
    "null", "true", "-1", "1e999", "-1e999", "NaN", "9" * 400, "1e-999", '""', '"x"', '"\\ud800"', '"\\u0000"',
    "[]", "{}", "[[1, [null, {}]]]", '{"a": {"b": []}}', "[1e999, \"x\", null]", '"2026-13-45T99:99:99Z"',
)  # fmt: skip
_MOST_FILES, _MOST_CHANGES, _MOST_TRIED, _LARGEST = 5, 24, 16, 60_000


def damaged(body: bytes, chance: random.Random) -> Iterator[bytes]:
    """The bytes, damaged in many ways."""
    yield b""
    yield b"\n"
    yield bytes(range(256))
    yield chance.randbytes(700)
    yield b"\xff\xfe" + body
    for _ in range(6):
        yield body[: chance.randrange(len(body) + 1)]
    for _ in range(10):
        changed = bytearray(body)
        for _ in range(chance.choice((1, 1, 4, 40))):
            changed[chance.randrange(len(body))] = chance.randrange(256)
        yield bytes(changed)
    for value in HOSTILE:
        yield value.encode()
    yield from in_json(body, chance)
    yield from in_text(body, chance)


def in_json(body: bytes, chance: random.Random) -> Iterator[bytes]:
    """Of JSON, also in lines, the leaves and branches replaced one at a time."""
    for lines in ([body], body.splitlines()):
        try:
            values = [json.loads(line) for line in lines]
        except ValueError:
            continue
        if not all(isinstance(value, dict | list) for value in values):
            return
        places = [(at, way) for at, value in enumerate(values) for way in ways(value)]
        for at, way in chance.sample(places, min(len(places), _MOST_CHANGES)):
            copy = json.loads(json.dumps(values[at]))
            inner = copy
            for key in way[:-1]:
                inner = inner[key]
            inner[way[-1]] = "@@"
            text = json.dumps(copy).replace('"@@"', chance.choice(HOSTILE))
            yield b"\n".join(text.encode() if place == at else line for place, line in enumerate(lines))
        return


def ways(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*way, key)
        yield from ways(inner, (*way, key))


def in_text(body: bytes, chance: random.Random) -> Iterator[bytes]:
    """Of lines of text, a word replaced, a line twice, a line less."""
    try:
        lines = body.decode().splitlines(keepends=True)
    except UnicodeDecodeError:
        return
    for _ in range(6):
        at = chance.randrange(len(lines)) if lines else 0
        words = lines[at].split(" ") if lines else [""]
        words[chance.randrange(len(words))] = chance.choice(
            ("", "1e999", "-", "nan", "{", ": [", "9" * 400, "é\0")
        )
        for changed in (" ".join(words), "".join(lines[at : at + 1]) * 2, ""):
            yield "".join([*lines[:at], changed, *lines[at + 1 :]]).encode()


def files_of(folder: Path, chance: random.Random) -> list[Path]:
    """Some of the files: of each name one or two."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= _LARGEST:
            found.setdefault(path.suffix + path.name[:3], []).append(path)
    chosen = [path for alike in found.values() for path in chance.sample(alike, min(len(alike), 2))]
    return chance.sample(chosen, min(len(chosen), _MOST_FILES))


@pytest.mark.parametrize("tracker", [name for name in trackers() if name != "dvc-history"])
def test_no_reader_fails_at_damaged_files(tracker: str, tmp_path: Path) -> None:
    chance = random.Random(tracker)
    folder = tmp_path / "files"
    shutil.copytree(FOLDER / tracker / "files", folder)
    for path in files_of(folder, chance):
        body = path.read_bytes()
        tries = list(damaged(body, chance)) if body else []
        for changed in chance.sample(tries, min(len(tries), _MOST_TRIED)):
            path.write_bytes(changed)
            for problem in read_catalog([folder], workers=1).problems:
                where = f"{path.relative_to(folder)} as {changed[:2000]!r}"
                assert problem.slug != "reader-failed", f"{problem}: {where}"
                assert problem.path and problem.hint, f"{problem}: {where}"
        path.write_bytes(body)
