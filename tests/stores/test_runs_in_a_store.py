"""Runs in a bucket: read as from a folder, listed in few calls, and not read again."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from store_parts import KEY, SECRET, Command, Server, settle, write_runs

import runfolio
from runfolio.catalog import read_catalog
from runfolio.catalog.processes import _start_method
from runfolio.catalog.reporter import Silence
from runfolio.place import StoreUrl
from runfolio.site.live import follow
from runfolio.site.project import Project, Wishes
from runfolio.site.report import BuildReport
from runfolio.site.serve import SiteState
from runfolio.site.watch import Change


def objects(calls: list[tuple[str, str]]) -> list[str]:
    """Paths of the objects that were asked for, without listings."""
    return sorted({path for method, path in calls if method == "GET" and "list-type" not in path})


def test_a_thousand_runs(server: Server, bucket: str, tmp_path: Path, command: Command) -> None:
    """Uploaded side by side, read as from disk; then a listing is all that is asked, and only what changed is read."""
    runs = write_runs(tmp_path / "runs", 1000)
    assert len(command("sync", runs, f"{bucket}/runs", "--json").json["copied"]) == 2000
    settle()
    here = command("list", runs, "--json").json
    before = len(server.calls())
    assert command("list", f"{bucket}/runs", "--json").json == here
    cold = server.calls(before)
    assert len(objects(cold)) == 2000
    assert (
        len(cold) <= 2 * 2000 + 4
    )  # pyarrow asks for each object's size first; a listing has 1,000 names a call

    before = len(server.calls())
    assert command("list", f"{bucket}/runs", "--json").json == here
    assert [path.partition("?")[0] for _, path in server.calls(before)] == [f"/{bucket[5:]}"] * 3

    write_runs(runs, 1, first=1000)
    changed = runs / "sweep/run-7/metrics.jsonl"
    changed.write_text(changed.read_text() + '{"step": 3, "loss": 0.125}\n')
    assert len(command("sync", runs, f"{bucket}/runs", "--json").json["copied"]) == 3
    before = len(server.calls())
    again = command("list", f"{bucket}/runs", "--json").json
    assert len(again) == 1001
    assert next(run for run in again if run["run_id"] == "run-7")["metrics"]["loss"]["last"] == 0.125
    folders = {path.rpartition("/")[0].rpartition("/")[2] for path in objects(server.calls(before))}
    assert folders == {"run-7", "run-1000"}


def test_every_kind_of_run_reads_as_from_a_folder(bucket: str, tmp_path: Path, command: Command) -> None:
    """Single files, artifacts that are read for pages, a key in the way, a run that goes on."""
    runs = write_runs(tmp_path / "runs", 3)
    write_runs(runs, 1, first=3, status="running")
    (runs / "flat.csv").write_text("step,loss\n1,0.5\n2,0.25\n")
    (runs / "sweep/run-0/artifacts").mkdir()
    (runs / "sweep/run-0/artifacts/note.txt").write_text("an artifact")
    (runs / "sweep/run-1/notes.md").write_text("A *note*.")
    command("sync", runs, f"{bucket}/runs", "--all")
    here, there = (command("list", place, "--json").json for place in (runs, f"{bucket}/runs"))
    # A folder's lock tells that nobody writes the run any more; a bucket knows no locks, and believes it.
    (gone,) = (run for run in here if run["run_id"] == "run-3")
    assert gone["status"] == "interrupted"
    gone["status"] = "running"
    assert there == here
    (single,) = command("list", f"{bucket}/runs/flat.csv", "--json").json
    assert single["run_id"] == "flat"
    assert command("show", "run-1", "--from", f"{bucket}/runs", "--json").json["notes"] == "A *note*."


def test_several_processes_read_and_make_pages(bucket: str, tmp_path: Path, command: Command) -> None:
    """Forks happen while the store is in use: each process talks to a store process of its own."""
    runs = write_runs(tmp_path / "runs", 44)
    with runfolio.start(experiment="sweep", root=runs, run_id="zz-last", capture=False) as run:
        run.log({"loss": 0.5}, step=1)
        run.table([{"a": 1}], "numbers")
    command("sync", runs, f"{bucket}/runs")
    if sys.platform == "linux":
        assert _start_method() == "fork"
    catalog = read_catalog([StoreUrl(f"{bucket}/runs")], workers=3, reporter=Silence())
    assert len(catalog.runs) == 45 and catalog.problems == ()
    (read,) = (item for item in catalog.runs if item.run_id == "zz-last")
    (artifact,) = read.artifacts
    assert catalog.read_artifact(read, artifact.path) == b"a\n1\n"
    assert command("build", runs, "--out", "here").code == 0
    done = command("build", f"{bucket}/runs", "--out", "there", "--workers", 3, "--no-cache")
    assert done.code == 0, done.err
    assert tree(tmp_path / "here") == tree(tmp_path / "there")


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_sources_of_the_configuration(bucket: str, tmp_path: Path, command: Command) -> None:
    runs = write_runs(tmp_path / "runs", 2)
    command("sync", runs, f"{bucket}/more")
    shutil.rmtree(runs)
    write_runs(runs, 1, first=7)
    (tmp_path / "runfolio.toml").write_text(f'sources = ["runs", "{bucket}/more"]\nout = "{bucket}/site"\n')
    assert {run["run_id"] for run in command("list", "--json").json} == {"run-0", "run-1", "run-7"}
    built = command("build")
    assert built.code == 0 and f"Open {bucket}/site/index.html" in built.out


def test_following_a_site_asks_the_store_now_and_then(
    bucket: str, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what did not change nobody is told."""
    monkeypatch.setattr("runfolio.site.watch.POLL_S", 0.05)
    monkeypatch.setattr("runfolio.site.watch._LOOK_AT_CONFIG_MS", 20)
    runs = write_runs(tmp_path / "runs", 2)
    command("sync", runs, f"{bucket}/runs")
    settle()
    project = Project(Wishes((StoreUrl(f"{bucket}/runs"),), out=tmp_path / "site"))
    project.build()
    build, builds = project.build, 0
    told: list[object] = []
    stop = Event()

    def counted(changed: frozenset[Change]) -> BuildReport:
        nonlocal builds
        builds += 1
        if builds == 3:
            command("sync", write_runs(tmp_path / "more", 1, first=7), f"{bucket}/runs")
        return build(changed)

    def tell(changed: frozenset[Change], result: object) -> None:
        told.append((changed, result))
        stop.set()

    monkeypatch.setattr(Project, "build", lambda self, changed: counted(changed))
    follow(project, SimpleNamespace(state=SiteState()), tell, stop)  # type: ignore[arg-type]
    ((changed, report),) = told
    assert (builds, changed) == (3, {Change.RUN})
    assert isinstance(report, BuildReport) and "runs/run-7.html" in report.written


def test_no_output_holds_credentials(server: Server, bucket: str, tmp_path: Path, command: Command) -> None:
    """Neither from the environment nor from the URL; `command` looks at all that is printed."""
    user = f"{KEY}:{SECRET.replace('/', '%2F').replace('+', '%2B')}@"
    url = f"s3://{user}{bucket[5:]}/runs?endpoint_override={server.address}&scheme=http"
    command("sync", write_runs(tmp_path / "runs", 2), url)
    assert command("build", url, "--out", url.replace("/runs?", "/site?"), "--json").code == 0
    assert command("build", url, "--out", "site").code == 0
    assert "AWS_" not in command("check", url).out
    missing = command("list", url.replace("/runs?", "/none?"))
    assert missing.code == 3 and f"{bucket}/none" in missing.err
    refused = command("list", f"{url}&password={SECRET}")
    assert refused.code == 2 and "options that are not known" in refused.err
    with sqlite3.connect(tmp_path / ".runfolio/cache.sqlite") as cache:
        assert cache.execute("SELECT count(*) FROM runs").fetchone()[0] == 4
    cache.close()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 20
    for path in files:
        body = path.read_bytes()
        assert KEY.encode() not in body and SECRET.encode() not in body and b"%2FbPxR" not in body, path


@pytest.mark.parametrize(
    ("command_line", "code", "words"),
    [
        (("list", "s3://no-such-bucket/runs"), 3, "NO_SUCH_BUCKET"),
        (("list", "ftp://host/runs"), 2, "ftp://"),
        (("seal", "{bucket}/runs"), 1, "cannot be sealed"),
        (("serve", "{bucket}/runs", "--out", "{bucket}/site", "--port", "0"), 1, "folder of this machine"),
        (("build", "{bucket}/runs", "--out", "{bucket}/runs"), 1, "would go into the folder with its runs"),
    ],
)
def test_what_cannot_be_is_said(
    bucket: str, tmp_path: Path, command: Command, command_line: tuple[str, ...], code: int, words: str
) -> None:
    command("sync", write_runs(tmp_path / "runs", 1), f"{bucket}/runs")
    done = command(*(word.format(bucket=bucket) for word in command_line))
    assert words in done.err and "Traceback" not in done.err
    assert done.code in (code, 2), done.err


def test_runs_are_imported_out_of_a_bucket(bucket: str, tmp_path: Path, command: Command) -> None:
    """Every kind of file a run has, artifacts among them."""
    runs = write_runs(tmp_path / "runs", 2)
    (runs / "flat.csv").write_text("step,loss\n1,0.5\n2,0.25\n")
    (runs / "sweep/run-0/artifacts").mkdir()
    (runs / "sweep/run-0/artifacts/note.txt").write_text("an artifact")
    event = '{"event": "artifact", "name": "note", "kind": "text", "media_type": "text/plain", "path": "artifacts/note.txt"}\n'
    (runs / "sweep/run-0/events.jsonl").write_text(event)
    command("sync", runs, f"{bucket}/runs")
    done = command("import", f"{bucket}/runs", tmp_path / "kept", "--json").json
    assert (len(done["written"]), done["refused"]) == (3, [])
    assert (tmp_path / "kept/sweep/run-0/artifacts/note.txt").read_text() == "an artifact"
    records = [command("list", place, "--json").json for place in (runs, tmp_path / "kept")]
    for record in (*records[0], *records[1]):
        del record["source"]
    assert records[0] == records[1]
    assert len(command("import", f"{bucket}/runs", tmp_path / "kept", "--json").json["present"]) == 3
