"""The ready workflow files are valid for the schemas their services publish, and keep to the rules their docs promise."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from runfolio import api
from runfolio.cli import run

CI = Path(__file__).parents[2] / "examples" / "ci"
SCHEMAS = {
    "github-gates.yml": "github-workflows.json",
    "github-pages.yml": "github-workflows.json",
    "github-report-artifact.yml": "github-workflows.json",
    "gitlab-ci.yml": "gitlab-ci.json",
}


def read(name: str) -> Any:
    return yaml.safe_load((CI / name).read_text(encoding="utf-8"))


def validator(schema_name: str) -> jsonschema.protocols.Validator:
    vendored = files("check_jsonschema.builtin_schemas.vendor") / schema_name
    schema = json.loads(vendored.read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)


def workflow(name: str) -> Any:
    """YAML 1.1 reads the key `on` as true; GitHub and its schema read a word."""
    return {"on" if key is True else key: value for key, value in read(name).items()}


def test_every_file_is_checked() -> None:
    assert {path.name for path in CI.glob("*.yml")} == SCHEMAS.keys()


@pytest.mark.parametrize("name", SCHEMAS)
def test_valid_for_its_schema(name: str) -> None:
    content = workflow(name) if name.startswith("github") else read(name)
    errors = [
        f"{error.json_path}: {error.message}" for error in validator(SCHEMAS[name]).iter_errors(content)
    ]
    assert errors == []


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("github-pages.yml", {"jobs": {"build": {"steps": [{"uses": 3}]}}}),
        ("gitlab-ci.yml", {"pages": {"script": {}}}),
    ],
)
def test_the_schemas_are_not_blind(name: str, change: dict[str, Any]) -> None:
    assert not validator(SCHEMAS[name]).is_valid({**workflow(name), **change})


def test_pages_has_the_rights_it_needs_and_no_others() -> None:
    content = workflow("github-pages.yml")
    assert content["permissions"] == {"contents": "read"}
    assert content["jobs"]["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert content["concurrency"] == {"group": "pages", "cancel-in-progress": False}


def test_the_artifact_of_a_pull_request_needs_no_rights() -> None:
    content = workflow("github-report-artifact.yml")
    assert content["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in content["jobs"].values())


def test_the_gates_of_a_pull_request_say_what_they_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own lines, run as they stand: check writes the file, the script makes a table of it."""
    content = workflow("github-gates.yml")
    assert content["permissions"] == {"contents": "read"}
    check, told = (step["run"] for step in content["jobs"]["gates"]["steps"][-2:])
    monkeypatch.chdir(tmp_path)
    config = CI.parent / "history" / "runfolio.toml"
    earlier = tmp_path / "earlier"
    api.build(out=earlier, config=config, workers=1, use_cache=False)
    capsys.readouterr()
    arguments = check.replace('"$REPORT"', str(earlier)).removesuffix(" > gates.json").split()
    assert arguments[0] == "runfolio"
    code = run([*arguments[1:], "--config", str(config)])
    Path("gates.json").write_text(capsys.readouterr().out, encoding="utf-8")
    script = told.split("<<'PYTHON' >> \"$GITHUB_STEP_SUMMARY\"\n")[1].split("PYTHON")[0]
    exec(script, {})
    rows = capsys.readouterr().out.splitlines()
    assert code == 1 and len(rows) == 3
    assert rows[2].startswith(
        "| failed | Counting words does not get slower. | does not hold (was: does not hold) | rose by"
    )
    Path("gates.json").write_text("", encoding="utf-8")
    exec(script, {})
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_gitlab_publishes_the_folder_it_builds() -> None:
    content = read("gitlab-ci.yml")
    assert content["pages"]["artifacts"]["paths"] == ["public"]
    assert content[".report"]["script"] == ["runfolio build --out public"]
