"""The history of champions, carried from site to site, whichever way the earlier one is given."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from building import build, run_command, times, tree

from runfolio.testing.factories import write_run

CONFIG = '[[champion]]\nname = "server"\nmetric = "acc"\n'
GOOD, BETTER, BEST = (
    [0.70, 0.71, 0.72, 0.705, 0.715],
    [0.80, 0.81, 0.82, 0.805, 0.815],
    [0.90, 0.91, 0.92, 0.905, 0.915],
)


def add(folder: Path, model: str, values: list[float], minute: int = 0) -> None:
    """Runs of a model, one a value, each with a file."""
    for seed, value in enumerate(values):
        run_id = f"{model}-{seed}"
        path = "artifacts/model.bin"
        write_run(
            folder / "runs" / "study" / run_id,
            [{"step": 0, "acc": value}],
            events=[{"event": "artifact", "name": "model.bin", "kind": "model", "path": path, "sha256": "ab" * 32}],
            artifacts={"model.bin": f"{model} {seed}".encode()},
            experiment="study",
            run_id=run_id,
            parameters={"model": model, "seed": seed},
            started_at=f"2026-11-21T03:{minute + seed:02}:00Z",
        )  # fmt: skip


def champion(site: Path) -> Any:
    (found,) = json.loads((site / "data" / "models.json").read_text("utf-8"))["champions"]
    return found


def labels(site: Path) -> list[str]:
    return [item["configuration"] for item in champion(site)["history"]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    add(folder, "first", GOOD)
    (folder / "runfolio.toml").write_text(CONFIG)
    return folder


def test_the_history_grows_from_site_to_site(project: Path, tmp_path: Path) -> None:
    sites = [tmp_path / f"site{n}" for n in range(4)]
    build(project, "runs", "--out", str(sites[0]), SOURCE_DATE_EPOCH="1700000000")
    assert (labels(sites[0]), champion(sites[0])["basis"]) == (
        [champion(sites[0])["configuration"]["label"]],
        "only",
    )
    add(project, "second", BETTER, 10)
    build(project, "runs", "--out", str(sites[1]), "--against", str(sites[0]), SOURCE_DATE_EPOCH="1710000000")
    add(project, "third", BEST, 20)
    archive = shutil.make_archive(str(tmp_path / "site1-zip"), "zip", sites[1])
    build(project, "runs", "--out", str(sites[2]), "--against", archive, SOURCE_DATE_EPOCH="1720000000")
    for run in (project / "runs" / "study").glob("third-*"):
        shutil.rmtree(run)
    record = str(sites[2] / "data" / "build.json")
    build(project, "runs", "--out", str(sites[3]), "--against", record, SOURCE_DATE_EPOCH="1730000000")
    history = champion(sites[3])["history"]
    assert [item["configuration"] for item in history][1:] == ["second", "third", "second"]
    assert [item["since"] for item in history] == [
        "2023-11-14T22:13:20Z", "2024-03-09T16:00:00Z", "2024-07-03T09:46:40Z", "2024-10-27T03:33:20Z",
    ]  # fmt: skip
    assert [item["until"] for item in history] == [*(item["since"] for item in history[1:]), None]
    assert [item["replaced"] and item["replaced"]["verdict"] for item in history] == [
        None,
        "better",
        "better",
        None,
    ]
    assert history[3]["replaced"]["difference"] == "it takes no part any more"
    page = (sites[3] / "models.html").read_text("utf-8")
    assert "27 Oct 2024, 03:33 UTC" in page and "1 champion changed" in (sites[3] / "index.html").read_text(
        "utf-8"
    )


def test_without_an_earlier_site_the_history_begins_again(project: Path, tmp_path: Path) -> None:
    build(project)
    add(project, "second", BETTER)
    build(project)
    assert labels(project / "site") == ["second"]
    assert "The history begins with this build." in (project / "site/models.html").read_text("utf-8")


@pytest.mark.parametrize("cache", [(), ("--no-cache",)])
def test_a_site_compared_with_itself_keeps_its_history_and_is_quiet(
    project: Path, cache: tuple[str, ...]
) -> None:
    own = ("runs", "--out", "site", "--against", "site", *cache)
    build(project, *own)
    for model, values in (("second", BETTER), ("third", BEST)):
        add(project, model, values)
        build(project, *own)
        page, before = (project / "site/models.html").read_bytes(), times(project / "site")
        for _ in range(2):
            assert build(project, *own)["written"] == []
        assert times(project / "site") == before
        assert (project / "site/models.html").read_bytes() == page
    assert labels(project / "site")[1:] == ["second", "third"]


def test_a_tie_says_the_same_when_it_is_built_again(project: Path) -> None:
    """The champion of the build before is the earlier one; built again without anything new, it is not."""
    own = ("runs", "--out", "site", "--against", "site")
    build(project, *own)
    add(project, "equal", [value + 0.0001 for value in reversed(GOOD)], 30)
    add(project, "other", [value + 0.0002 for value in reversed(GOOD)], 20)
    build(project, *own)
    said = champion(project / "site")["sentence"]
    assert said.endswith("is kept because it was champion before")
    assert build(project, *own)["written"] == []
    shutil.rmtree(project / "site")
    build(project, *own)
    fresh = champion(project / "site")["sentence"]
    assert fresh.endswith("is taken because its first run started first")
    assert build(project, *own)["written"] == []
    assert champion(project / "site")["sentence"] == fresh


def test_the_same_inputs_give_the_same_bytes(project: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier"
    build(project, "runs", "--out", str(earlier))
    add(project, "second", BETTER)
    sites = [tmp_path / "a", tmp_path / "b"]
    for site in sites:
        build(project, "runs", "--out", str(site), "--against", str(earlier), "--no-cache")
    assert tree(sites[0]) == tree(sites[1])


def test_a_record_from_before_there_were_champions_is_read(project: Path, tmp_path: Path) -> None:
    build(project, "runs", "--out", str(tmp_path / "earlier"))
    path = tmp_path / "earlier" / "data" / "build.json"
    record = json.loads(path.read_text("utf-8"))
    del record["champions"]
    path.write_text(json.dumps(record))
    build(project, "runs", "--out", "site", "--against", str(path))
    assert len(labels(project / "site")) == 1
    record["champions"] = [{"name": "server"}]
    path.write_text(json.dumps(record))
    done = run_command(project, "build", "runs", "--out", "site", "--against", str(path))
    assert done.returncode == 2 and "this is no record of a build" in done.stderr
