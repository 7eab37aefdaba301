"""The specification's examples: the programs run as they stand, the files are valid."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import runfolio

PAGE = (Path(__file__).parents[2] / "docs" / "run-log-format.md").read_text(encoding="utf-8")
SCHEMA = json.loads((Path(runfolio.__file__).parent / "run.schema.json").read_text(encoding="utf-8"))
EVENT, METRICS = (
    {**SCHEMA["$defs"][name], "$defs": SCHEMA["$defs"]} for name in ("event_line", "metrics_line")
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("code", blocks("python"))
def test_programs_run(code: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_examples_are_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for block in blocks("json"):
        jsonschema.validate(json.loads(block), SCHEMA)
    for line in "".join(blocks("jsonl")).splitlines():
        jsonschema.validate(json.loads(line), EVENT if "event" in json.loads(line) else METRICS)
    assert len(blocks("python")) >= 4
    assert len(blocks("jsonl")) >= 2


@pytest.mark.parametrize(
    "line",
    [
        {"loss": None},
        {"loss": True},
        {"loss": "0.1"},
        {"loss": [1]},
        {"step": 1.5},
        {"step": "1"},
        {"loss": "nan"},
        [],
    ],
)
def test_rows_that_are_not_valid(line: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(line, METRICS)


@pytest.mark.parametrize(
    "line",
    [
        {"event": "artifact", "name": "a"},
        {"event": "artifact", "name": "a", "path": "../a"},
        {"event": "artifact", "name": "a", "path": "artifacts/a", "uri": "s3://a"},
        {"event": "alert", "title": "t", "level": "loud"},
        {"event": "note"},
        {"event": "party", "text": "t"},
        {"text": "t"},
    ],
)
def test_events_that_are_not_valid(line: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(line, EVENT)


def test_every_field_is_described() -> None:
    for field in SCHEMA["properties"]:
        assert f"`{field}`" in PAGE
