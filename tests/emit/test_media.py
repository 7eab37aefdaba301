"""Artifacts, figures, tables, notes, alerts."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

import matplotlib
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

import runfolio
from runfolio.emit import EmitWarning
from runfolio.emit.media import safe_name

matplotlib.use("Agg")


@pytest.fixture
def run(root: Path) -> runfolio.Run:
    return runfolio.start(root=root, capture=False)


def test_files_and_bytes_are_copied_in_with_size_and_digest(
    run: runfolio.Run, log: type, tmp_path: Path
) -> None:
    (tmp_path / "plot.png").write_bytes(b"\x89PNG")
    run.artifact(tmp_path / "plot.png", step=3)
    run.artifact(b"weights", "models/best.pt")
    run.artifact(b"x", "page.html", kind="file")
    run.finish()
    plot, model, page = log(run.path).events("artifact")
    assert plot["path"] == "artifacts/plot-3.png"
    assert (plot["name"], plot["kind"], plot["media_type"], plot["step"], plot["size_bytes"]) == (
        "plot.png",
        "image",
        "image/png",
        3,
        4,
    )
    assert plot["sha256"] == hashlib.sha256(b"\x89PNG").hexdigest()
    assert (run.path / plot["path"]).read_bytes() == b"\x89PNG"
    assert (model["path"], model["kind"]) == ("artifacts/models/best.pt", "model")
    assert (page["kind"], page["media_type"]) == ("file", "text/html")


def test_a_folder_is_kept_file_by_file(run: runfolio.Run, log: type, tmp_path: Path) -> None:
    (tmp_path / "out" / "deep").mkdir(parents=True)
    (tmp_path / "out" / "a.txt").write_text("a")
    (tmp_path / "out" / "deep" / "b.csv").write_text("b")
    run.artifact(tmp_path / "out")
    run.finish()
    assert [event["path"] for event in log(run.path).events()] == [
        "artifacts/out/a.txt",
        "artifacts/out/deep/b.csv",
    ]


def test_big_files_and_uris_are_referred_to(run: runfolio.Run, log: type, tmp_path: Path) -> None:
    big = tmp_path / "big file.bin"
    big.write_bytes(b"12345")
    run.artifact(big, reference_above=4)
    run.artifact("s3://bucket/model.onnx", name="model.onnx")
    run.finish()
    file, model = log(run.path).events("artifact")
    assert file["uri"] == big.as_uri()
    assert file["size_bytes"] == 5
    assert (model["uri"], model["kind"]) == ("s3://bucket/model.onnx", "model")
    assert "path" not in model
    assert not (run.path / "artifacts").exists()


def test_a_file_that_lies_in_the_run_already_is_not_copied(run: runfolio.Run, log: type) -> None:
    (run.path / "artifacts").mkdir()
    (run.path / "artifacts" / "own.txt").write_text("own")
    run.artifact(run.path / "artifacts" / "own.txt", "renamed")
    run.finish()
    (event,) = log(run.path).events()
    assert (event["path"], event["size_bytes"]) == ("artifacts/own.txt", 3)
    assert len(list((run.path / "artifacts").iterdir())) == 1


@given(
    st.text(max_size=40)
    | st.sampled_from(["../../etc/passwd", "/etc/passwd", "C:\\a", "a/../../b", "...", "\\\\host\\x"])
)
def test_no_name_leaves_the_artifacts(name: str) -> None:
    for step in (None, 3):
        path = PurePosixPath(safe_name(name, step))
        assert not path.is_absolute()
        assert path.parts
        assert ".." not in path.parts
        assert not set('\\:*?"<>|\0') & set(str(path))


def test_hostile_names_stay_inside(run: runfolio.Run, log: type, tmp_path: Path) -> None:
    for name in [
        "../../../escape.txt",
        "/etc/escape.txt",
        "..\\..\\escape.txt",
        "x" * 10_000,
        "<script>.html",
    ]:
        run.artifact(b"content", name)
    run.finish()
    artifacts = (run.path / "artifacts").resolve()
    events = log(run.path).events()
    assert len(events) == 5
    assert all((run.path / event["path"]).resolve().is_relative_to(artifacts) for event in events)
    assert not list(tmp_path.glob("escape*"))


def test_what_is_missing_warns(run: runfolio.Run, tmp_path: Path) -> None:
    with pytest.warns(EmitWarning, match="No such file"):
        run.artifact(tmp_path / "gone.txt")
    with pytest.warns(EmitWarning, match="neither a Plotly nor a Matplotlib"):
        run.figure("text")
    with pytest.warns(EmitWarning, match="a row must be a mapping"):
        run.table([[1, 2]])
    run.finish()


def test_figures(run: runfolio.Run, log: type) -> None:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    axes.plot([1, 2, 3])
    heavy = Figure()
    heavy.subplots().scatter(*np.random.default_rng(0).random((2, 20_000)))
    run.figure(go.Figure(go.Scatter(y=[1, 2])), "curve", step=2)
    run.figure(figure, "drawn")
    run.figure(axes, "again")
    run.figure(heavy, "heavy")
    run.finish()
    plotly, drawn, again, png = log(run.path).events("artifact")
    assert (plotly["path"], plotly["kind"], plotly["step"]) == ("artifacts/curve-2.plotly.json", "figure", 2)
    assert plotly["media_type"] == "application/vnd.plotly.v1+json"
    assert '"data"' in (run.path / plotly["path"]).read_text()
    assert (drawn["path"], drawn["media_type"], drawn["kind"]) == (
        "artifacts/drawn.svg",
        "image/svg+xml",
        "image",
    )
    assert again["sha256"] == drawn["sha256"]
    assert png["path"] == "artifacts/heavy.png"
    assert (run.path / png["path"]).read_bytes().startswith(b"\x89PNG")


def test_tables(run: runfolio.Run, log: type) -> None:
    run.table([{"a": 1, "b": None}, {"a": np.float64(0.5), "c": "x,\ny"}], "rows", step=1)
    run.table({"a": [1, 2], "b": [float("nan"), True]}, "columns.csv")
    run.table(pd.DataFrame({"a": [1, 2]}), "frame")
    run.table(pd.DataFrame({"a": [1]}, index=pd.Index(["k"], name="key")), "indexed")
    run.finish()
    events = log(run.path).events("artifact")
    assert {(event["kind"], event["media_type"]) for event in events} == {("table", "text/csv")}
    assert [(run.path / event["path"]).read_text() for event in events] == [
        'a,b,c\n1,,\n0.5,,"x,\ny"\n',
        "a,b\n1,NaN\n2,True\n",
        "a\n1\n2\n",
        "key,a\nk,1\n",
    ]
    assert [event["path"] for event in events][:2] == ["artifacts/rows-1.csv", "artifacts/columns.csv"]


def test_notes_and_alerts(run: runfolio.Run, log: type) -> None:
    run.note("# Title\n\nline\u2028two \ud800")
    run.alert("diverged", "loss is **NaN**", level="error")
    with pytest.warns(EmitWarning, match="level 'loud'"):
        run.alert("odd", level="loud")
    run.finish()
    note, diverged, odd = log(run.path).events()
    assert note["text"] == "# Title\n\nline\u2028two ?"
    assert (diverged["title"], diverged["text"], diverged["level"]) == (
        "diverged",
        "loss is **NaN**",
        "error",
    )
    assert odd["level"] == "info"


@pytest.mark.parametrize("name", ["git.diff", "Git.DIFF", "./git.diff", "git.diff/inner.txt"])
def test_no_artifact_takes_the_place_of_the_captured_diff(run: runfolio.Run, log: type, name: str) -> None:
    (run.path / "artifacts").mkdir()
    captured = run.path / "artifacts" / "git.diff"
    captured.write_bytes(b"captured")
    run.artifact(b"mine", name)
    run.finish()
    (event,) = log(run.path).events("artifact")
    assert event["name"] == name
    assert event["path"].startswith("artifacts/git-artifact.diff")
    assert (run.path / event["path"]).read_bytes() == b"mine"
    assert captured.read_bytes() == b"captured"
