"""What each command prints, in JSON and for people, and with what it exits."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from runfolio.testing.factories import curve_rows, write_run

Command = Callable[..., Any]

RUN_KEYS = [
    "run_id", "experiment", "name", "status", "started_at", "duration_s", "parameters", "tags", "group", "source", "metrics",
]  # fmt: skip
METRIC_KEYS = [
    "count", "first", "last", "minimum", "maximum", "step_of_minimum", "step_of_maximum", "nonfinite_count",
    "mean_of_tail", "median_absolute_deviation",
]  # fmt: skip


class TestBuild:
    def test_builds_tells_and_builds_nothing_again(self, project: Path, runfolio: Command) -> None:
        first = runfolio("build")
        assert first.code == 0
        assert "from 7 runs into site/" in first.out
        assert first.out.endswith("Open site/index.html\n")
        assert (project / "site/index.html").read_bytes().startswith(b"<!doctype html>")
        second = runfolio("build", "--json")
        assert second.json["written"] == []
        assert second.json["removed"] == []
        assert second.json["unchanged"] > 10

    def test_json_has_the_documented_shape(self, project: Path, runfolio: Command) -> None:
        report = runfolio("build", "runs", "--out", "public", "--json", "--no-cache").json
        assert list(report) == ["runs", "written", "unchanged", "removed", "problems", "seconds"]
        assert report["runs"] == 7
        assert "index.html" in report["written"]
        assert list(report["seconds"]) == ["read", "plan", "write", "links"]
        assert not (project / ".runfolio").exists()

    def test_profile_tells_of_every_stage(self, project: Path, runfolio: Command) -> None:
        found = runfolio("build", "--profile", "--json")
        assert [line.split()[0] for line in found.err.splitlines()] == list(found.json["seconds"])
        assert all(line.endswith(" ms a run") for line in found.err.splitlines())

    def test_every_link_of_the_site_leads_somewhere(self, project: Path, runfolio: Command) -> None:
        problems = runfolio("build", "--json").json["problems"]
        assert [problem for problem in problems if problem["slug"] == "broken-link"] == []

    def test_the_configuration_gives_sources_and_out(self, project: Path, runfolio: Command) -> None:
        (project / "runs").rename(project / "logs")
        (project / "runfolio.toml").write_text("sources = 'logs'\nout = 'public'")
        assert runfolio("build").code == 0
        assert (project / "public/index.html").exists()

    def test_paths_of_a_configuration_elsewhere_are_its_own(
        self,
        project: Path,
        runfolio: Command,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path_factory: pytest.TempPathFactory,
    ) -> None:
        (project / "runfolio.toml").write_text("")
        monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
        assert runfolio("build", "--config", str(project / "runfolio.toml")).code == 0
        assert (project / "site/index.html").exists()
        assert list(Path().iterdir()) == []

    def test_strict_fails_on_a_problem(self, project: Path, runfolio: Command) -> None:
        assert runfolio("build", "--strict").code == 0
        (project / "runs/digits/mlp-0/run.json").write_text("{ broken")
        assert runfolio("build").code == 0
        strict = runfolio("build", "--strict")
        assert strict.code == 1
        assert "broken-run-file" in strict.err

    def test_other_peoples_files_are_not_touched(self, project: Path, runfolio: Command) -> None:
        (project / "site").mkdir()
        (project / "site/thesis.tex").write_text("mine")
        refused = runfolio("build")
        assert refused.code == 1
        assert "--adopt" in refused.err
        assert runfolio("build", "--adopt").code == 0
        assert (project / "site/thesis.tex").read_text() == "mine"

    def test_a_site_never_goes_into_the_runs(self, project: Path, runfolio: Command) -> None:
        refused = runfolio("build", "--out", "runs", "--adopt")
        assert refused.code == 1
        assert "folder with its runs" in refused.err

    def test_a_site_below_the_source_is_no_run(self, project: Path, runfolio: Command) -> None:
        assert runfolio("build", ".", "--json").json["runs"] == 7
        assert runfolio("build", ".", "--json").json["runs"] == 7

    def test_a_broken_template_costs_no_page(
        self, project: Path, runfolio: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        runfolio("build")
        before = (project / "site/runs/mlp-0.html").read_bytes()
        (project / "theme/templates").mkdir(parents=True)
        (project / "theme/templates/run.html").write_text("{{ no_such_name }}")
        found = runfolio("build", "--json")
        assert found.code == 1
        failed = [problem for problem in found.json["problems"] if problem["slug"] == "page-failed"]
        assert len(failed) == 7
        assert "no_such_name" in failed[0]["message"]
        assert (project / "site/runs/mlp-0.html").read_bytes() == before
        assert "Traceback" not in found.err
        assert "Traceback" in runfolio("--traceback", "build").err

    def test_missing_runs_say_what_was_looked_for(
        self, tmp_path: Path, runfolio: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        missing = runfolio("build")
        assert missing.code == 3
        assert "looked for `runs`" in missing.err
        assert "runfolio demo" in missing.err
        (tmp_path / "runs").mkdir()
        empty = runfolio("build")
        assert empty.code == 3
        assert "no run in `runs`" in empty.err
        assert list(tmp_path.iterdir()) in ([tmp_path / "runs"], [tmp_path / ".runfolio", tmp_path / "runs"])

    def test_a_faulty_configuration_is_usage(self, project: Path, runfolio: Command) -> None:
        (project / "runfolio.toml").write_text("titel = 'x'")
        found = runfolio("build")
        assert (found.code, found.out) == (2, "")
        assert found.err == "Error: runfolio.toml:1: unknown key `titel`; nearest: `title`\n"


class TestList:
    def test_json_has_the_documented_shape(self, project: Path, runfolio: Command) -> None:
        runs = runfolio("list", "--json").json
        assert len(runs) == 7
        assert all(list(run) == RUN_KEYS for run in runs)
        wild = next(run for run in runs if run["run_id"] == "wild-0")
        assert list(wild["metrics"]["loss"]) == METRIC_KEYS
        assert wild["metrics"]["loss"]["last"] == "Infinity"
        assert wild["metrics"]["val/accuracy"]["last"] == "NaN"
        assert wild["metrics"]["val/accuracy"]["nonfinite_count"] == 1
        assert wild["source"] == {"reader": "runlog", "path": "digits/wild-0"}
        mlp = next(run for run in runs if run["run_id"] == "mlp-1")
        assert (mlp["started_at"], mlp["duration_s"]) == ("2026-11-21T03:41:00Z", 9.0)
        assert mlp["parameters"] == {"model": "mlp", "lr": 0.1, "seed": 1}

    def test_where_sort_and_limit(self, project: Path, runfolio: Command) -> None:
        def ids(*arguments: str) -> list[str]:
            return [run["run_id"] for run in runfolio("list", "--json", *arguments).json]

        assert ids("--where", 'model == "mlp"') == ["mlp-0", "mlp-1", "mlp-2"]
        assert ids("--sort", "-val/accuracy", "--limit", "2") == ["mlp-2", "mlp-1"]
        assert ids("--sort", "lr")[-1] == "wild-0"
        assert ids("--sort", "-started")[-1] == "wild-0", "runs without a value come last either way"
        assert ids("--where", '"baseline" in tags', "--sort", "-seed") == ["linear-2", "linear-1", "linear-0"]

    def test_columns_line_up(self, project: Path, runfolio: Command) -> None:
        lines = runfolio("list").out.splitlines()
        assert lines[0].split() == [
            "run",
            "experiment",
            "name",
            "status",
            "started",
            "duration",
            "val/accuracy",
        ]
        assert len({line.index("digits") for line in lines[1:]}) == 1
        assert len({len(line) for line in lines}) == 1, "numbers end at one edge"

    def test_nothing_found_is_three(self, project: Path, runfolio: Command) -> None:
        none = runfolio("list", "--where", "lr > 1000")
        assert (none.code, none.out) == (3, "")
        assert runfolio("list", "--where", "lr > 1000", "--json").json == []

    def test_mistakes_offer_the_nearest(self, project: Path, runfolio: Command) -> None:
        unknown = runfolio("list", "--where", "lrr < 1")
        assert unknown.code == 2
        assert "nearest: `lr`" in unknown.err
        assert "nearest: `val/accuracy`" in runfolio("list", "--sort", "val/acuracy").err

    def test_names_cannot_forge_the_terminal(self, project: Path, runfolio: Command) -> None:
        record = project / "runs/digits/mlp-0/run.json"
        record.write_text(json.dumps(json.loads(record.read_text()) | {"name": "a\x1b[2Jb\u202ec\nd"}))
        assert "\x1b" not in runfolio("list").out
        assert "\u202e" not in runfolio("list").out
        error = runfolio("show", "a\x1b[2Jx").err
        assert "\x1b" not in error
        assert "nearest" in error


class TestShowAndDiff:
    def test_show_by_id_beginning_and_name(self, project: Path, runfolio: Command) -> None:
        for text in ("wild-0", "wil", "wild 0"):
            assert runfolio("show", text, "--json").json["run_id"] == "wild-0"
        shown = runfolio("show", "mlp-1").out
        assert "val/accuracy" in shown
        assert "3.12.1" in shown

    def test_unknown_and_ambiguous(self, project: Path, runfolio: Command) -> None:
        unknown = runfolio("show", "mlp-11")
        assert unknown.code == 3
        assert "nearest: `mlp-1`" in unknown.err
        ambiguous = runfolio("show", "mlp")
        assert ambiguous.code == 2
        assert "means 3 runs: mlp-0, mlp-1, mlp-2" in ambiguous.err

    def test_diff_leaves_out_what_is_common(self, project: Path, runfolio: Command) -> None:
        found = runfolio("diff", "linear-0", "mlp-0", "--json").json
        assert found["runs"] == ["linear-0", "mlp-0"]
        assert found["parameters"] == {"model": ["linear", "mlp"], "lr": [0.01, 0.1]}
        assert list(found["metrics"]) == ["val/accuracy"]
        assert found["environment"] == {"python": ["3.11.7", "3.12.1"]}
        assert runfolio("diff", "mlp-0", "mlp-0").out == "The two runs do not differ\n"
        assert runfolio("diff", "wild", "mlp-0", "--json").json["metrics"]["loss"] == ["Infinity", 0.2]
        assert "--from" in runfolio("diff", "--help").out


class TestCompare:
    def test_json_has_the_documented_shape(self, project: Path, runfolio: Command) -> None:
        found = runfolio(
            "compare", "--metric", "val/accuracy", "--baseline", 'model == "linear"', "--json"
        ).json
        assert list(found) == ["metric", "goal", "baseline", "groups"]
        assert (found["metric"], found["goal"]) == ("val/accuracy", "maximize")
        best = found["groups"][0]
        assert list(best) == ["label", "parameters", "run_ids", "estimate", "delta"]
        assert list(best["estimate"]) == ["value", "low", "high", "n", "method"]
        assert list(best["delta"]) == ["absolute", "low", "high", "p", "p_adjusted", "verdict", "reason"]
        assert best["parameters"]["model"] == "mlp"
        assert best["estimate"]["n"] == 3
        assert best["delta"]["absolute"] == pytest.approx(0.1)
        assert best["delta"]["verdict"] == "better"
        baseline = next(group for group in found["groups"] if group["parameters"]["model"] == "linear")
        assert baseline["delta"] is None
        assert found["baseline"] == baseline["label"]

    def test_the_numbers_are_the_pages_numbers(self, project: Path, runfolio: Command) -> None:
        from runfolio import api
        from runfolio.cli.shapes import comparison_as_json
        from runfolio.pages.study import studies

        work = api.project()
        study = studies(work.read().runs, work.config.site)[0][0]
        assert study.comparison is not None
        assert comparison_as_json(study.comparison) == comparison_as_json(api.compare())

    def test_tables_for_papers(self, project: Path, runfolio: Command) -> None:
        latex = runfolio("compare", "--format", "latex").out
        assert latex.splitlines()[1:4] == [r"% \usepackage{booktabs}", r"\begin{tabular}{lrrrl}", r"\toprule"]
        assert latex.rstrip().endswith(r"\end{tabular}") and r"$\pm$" in latex
        assert "| --- | ---: |" in runfolio("compare", "--format", "markdown").out
        assert runfolio("compare", "--format", "csv").out.startswith("Configuration,Runs,")
        assert runfolio("compare", "--format", "csv", "--json").code == 2

    def test_a_leaderboard_needs_tasks(self, project: Path, runfolio: Command) -> None:
        refused = runfolio("compare", "--tasks")
        assert refused.code == 3 and "is no suite of tasks" in refused.err
        assert runfolio("compare", "--tasks", "--json").code == 2
        suite = Path(__file__).parents[2] / "examples" / "suite" / "runfolio.toml"
        shown = runfolio("compare", "--tasks", "--config", str(suite)).out.splitlines()
        assert shown[0].split()[:2] == ["Method", "Mean"] and shown[1].startswith("fourier")
        latex = runfolio("compare", "--tasks", "--format", "latex", "--config", str(suite)).out
        assert r"\begin{tabular}{lrrrrrrr}" in latex and latex.count(r" \\") == 5

    def test_counts_of_an_ab_test_are_compared_as_rates(self, project: Path, runfolio: Command) -> None:
        from runfolio import api
        from runfolio.analysis.proportion import Count, newcombe
        from runfolio.errors import UsageError

        config = Path(__file__).parents[2] / "examples" / "ab-test" / "runfolio.toml"
        given = ("--config", str(config))
        lines = runfolio("compare", *given).out.splitlines()
        assert lines[0].split()[:3] == ["Variant", "read", "requests"]
        kernel = next(line for line in lines if line.startswith("kernel"))
        assert "95.7 [94.8 to 96.5]" in kernel and "+7.7" in kernel and kernel.endswith("better")
        small = next(line for line in lines if line.startswith("linear, small"))
        assert "−4.3 to −0.1" in small and small.endswith("no clear difference")
        assert "(Newcombe)" in lines[-1] and "split evenly" in lines[-1]
        for metric in ("read", "requests"):
            assert runfolio("compare", "--metric", metric, *given).out.splitlines() == lines
        found = runfolio("compare", "--json", *given).json
        assert list(found)[:5] == ["rate", "successes", "trials", "goal", "baseline"]
        item = next(item for item in found["variants"] if item["label"] == "kernel")
        # By Newcombe's own formula, on the counts.
        assert item["once"] == pytest.approx(newcombe(Count(1914, 1999), Count(1729, 1964)))
        assert r"\begin{tabular}{lrrrrrrl}" in runfolio("compare", "--format", "latex", *given).out
        with pytest.raises(UsageError, match="`read` is a rate: its counts are no means to compare"):
            api.compare(config=config)
        assert (
            api.rate(config=project / "runfolio.toml" if (project / "runfolio.toml").exists() else None)
            is None
        )

    def test_by_changes_the_groups(self, project: Path, runfolio: Command) -> None:
        found = runfolio("compare", "--metric", "loss", "--by", "lr", "--json").json
        assert [list(group["parameters"]) for group in found["groups"]] == [["lr"]] * 3

    def test_people_get_a_table(self, project: Path, runfolio: Command) -> None:
        lines = runfolio("compare", "--baseline", '"baseline" in tags').out.splitlines()
        assert lines[0].split() == ["configuration", "n", "val/accuracy", "difference", "verdict"]
        assert any(line.endswith("better") for line in lines)
        assert any(line.endswith("  baseline") for line in lines)

    def test_mistakes(self, project: Path, runfolio: Command) -> None:
        unknown = runfolio("compare", "--metric", "val/acc")
        assert unknown.code == 3
        assert "nearest: `val/accuracy`" in unknown.err
        assert runfolio("compare", "--by", "modle").code == 3
        assert runfolio("compare", "--where", "lr > 1000").code == 3
        assert runfolio("compare", "--experiment", "digitz").code == 3

    def test_a_wrong_baseline_is_blamed_on_who_gave_it(self, project: Path, runfolio: Command) -> None:
        (project / "runfolio.toml").write_text("[experiments.digits]\nbaseline = \"modle == 'mlp'\"\n")
        for command in (("compare",), ("export",), ("build",)):
            found = runfolio(*command)
            assert (found.code, found.out) == (2, "")
            assert found.err.startswith("Error: runfolio.toml: [experiments.digits] baseline: the filter")
        assert runfolio("compare", "--baseline", "model == 'mlp'").code == 0
        given = runfolio("compare", "--baseline", "mdel == 'mlp'")
        assert given.code == 2
        assert "runfolio.toml" not in given.err
        assert "`mdel`; nearest: `model`" in given.err

    def test_one_experiment_must_be_meant(self, project: Path, runfolio: Command) -> None:
        (project / "runs/letters/other-0").mkdir(parents=True)
        (project / "runs/letters/other-0/metrics.jsonl").write_text('{"step": 0, "val/accuracy": 0.1}\n')
        several = runfolio("compare", "--metric", "val/accuracy")
        assert several.code == 2
        assert "digits, letters" in several.err
        assert runfolio("compare", "--metric", "val/accuracy", "--experiment", "digits").code == 0
        assert runfolio("compare", "--metric", "loss").code == 0, "only one experiment logged it"


class TestCheckSealExport:
    def test_check(self, project: Path, runfolio: Command) -> None:
        assert runfolio("check").out == "runlog  7 runs\n7 runs, no problem\n"
        (project / "runs/digits/mlp-0/metrics.jsonl").write_text("torn\n")
        assert runfolio("check").code == 0, "a warning is no error"
        assert runfolio("check", "--strict").code == 1
        (project / "runs/digits/mlp-1/metrics.parquet").write_bytes(b"no parquet")
        bad = runfolio("check")
        assert bad.code == 1
        assert "mlp-1/metrics.parquet" in bad.out
        report = runfolio("check", "--json").json
        assert list(report) == ["runs", "readers", "problems", "claims"]
        assert report["claims"] == []
        assert report["readers"] == {"runlog": 7}
        assert report["problems"][0]["path"] == "digits/mlp-1/metrics.parquet"
        assert not (project / "site").exists()

    def test_a_reader_can_be_chosen(self, project: Path, runfolio: Command) -> None:
        assert runfolio("check", "--reader", "jsonl", "--json").json["readers"] == {"jsonl": 7}
        assert runfolio("build", "--reader", "jsonl", "--out", "other", "--json").json["runs"] == 7
        wrong = runfolio("build", "--reader", "jsonlines")
        assert wrong.code == 2
        assert "there is no reader `jsonlines`; nearest: `jsonl`" in wrong.err

    def test_the_configuration_chooses_a_reader_for_a_source_in_a_source(
        self, project: Path, runfolio: Command
    ) -> None:
        (project / "runfolio.toml").write_text(
            'sources = ["runs"]\n[[source]]\npath = "runs/digits/mlp-0"\nreader = "jsonl"\n'
        )
        assert runfolio("check", "--json").json["readers"] == {"jsonl": 1, "runlog": 6}

    def test_the_history_of_a_repository_is_imported(
        self, project: Path, runfolio: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{name}_NAME", "a")
            monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.org")
        repository = project / "study"
        metrics = repository / "dvclive" / "plots" / "metrics"
        metrics.mkdir(parents=True)
        subprocess.run(["git", "init", "--quiet"], cwd=repository, check=True)
        for loss in (0.5, 0.25):
            (metrics / "loss.tsv").write_text(f"step\tloss\n0\t1\n1\t{loss}\n")
            subprocess.run(["git", "add", "--all"], cwd=repository, check=True)
            subprocess.run(["git", "commit", "--quiet", "-m", f"loss {loss}"], cwd=repository, check=True)
        assert runfolio("import", "study", "imported", "--history", "HEAD").out == "Imported 2 runs\n"
        again = runfolio("import", "study", "imported", "--history", "HEAD", "--json").json
        assert (len(again["written"]), len(again["present"])) == (0, 2)
        found = {
            run["name"]: run["metrics"]["loss"]["last"] for run in runfolio("list", "imported", "--json").json
        }
        assert found == {"loss 0.5": 0.5, "loss 0.25": 0.25}
        nothing = runfolio("import", "runs", "elsewhere", "--history", "no-such-revision")
        assert nothing.code != 0 and "Traceback" not in nothing.err

    def test_seal_leaves_running_runs_alone(self, project: Path, runfolio: Command) -> None:
        before = runfolio("export").out
        record = project / "runs/digits/mlp-0/run.json"
        record.write_text(record.read_text().replace('"finished"', '"running"'))
        sealed = runfolio("seal", "--json", "--where", 'status == "finished"').json
        assert len(sealed["sealed"]) == 6
        assert (project / "runs/digits/mlp-1/metrics.parquet").exists()
        assert not (project / "runs/digits/mlp-1/metrics.jsonl").exists()
        assert (project / "runs/digits/mlp-0/metrics.jsonl").exists()
        record.write_text(record.read_text().replace('"running"', '"finished"'))
        assert runfolio("export").out == before
        assert runfolio("seal").out == "Sealed 1 run\n"
        assert runfolio("seal").out == "Nothing to seal\n"

    def test_import_writes_what_is_missing(self, project: Path, runfolio: Command) -> None:
        before = runfolio("export").out
        first = runfolio("import", "runs", "kept", "--where", 'model == "mlp"', "--json").json
        assert first == {
            "written": [f"kept/digits/mlp-{seed}" for seed in range(3)],
            "present": [],
            "refused": [],
        }
        again = runfolio("import", "runs", "kept")
        assert (again.code, again.out) == (0, "Imported 4 runs, 3 were there already\n")
        assert runfolio("export", "kept").out == before
        record = project / "kept/digits/mlp-0/run.json"
        record.write_text(record.read_text().replace('"mlp"', '"cnn"'))
        refused = runfolio("import", "runs", "kept")
        assert refused.code == 1
        assert (
            "kept/digits/mlp-0: another run is there already" in refused.err and "parameters" in refused.err
        )
        assert runfolio("import", "runs", "runs/inner").code == 2
        assert runfolio("import", "nowhere", "kept").code == 3

    def test_export_runs(self, project: Path, runfolio: Command) -> None:
        rows = list(csv.DictReader(io.StringIO(runfolio("export", "--to", "csv").out)))
        assert len(rows) == 7
        values = {row["run_id"]: float(row["metrics.val/accuracy"]) for row in rows}
        assert values["mlp-2"] == pytest.approx(0.942)
        assert [row["run_id"] for row in runfolio("export", "--to", "json").json] == [
            row["run_id"] for row in rows
        ]
        assert runfolio("export", "-o", "out/runs.parquet", "--where", 'model == "mlp"').code == 0
        assert pq.read_table(project / "out/runs.parquet").num_rows == 3

    def test_export_to_trackers(self, project: Path, runfolio: Command) -> None:
        done = runfolio("export", "--to", "tensorboard", "runs", "logs", "--where", 'model == "mlp"')
        assert (done.code, done.out, done.err) == (0, "", "Exported 3 runs to logs/\n")
        assert len(list((project / "logs/digits").glob("mlp-*/events.out.tfevents.*"))) == 3
        again = runfolio("export", "--to", "tensorboard", "-o", "logs")
        assert again.code == 1
        assert again.err.count("is there already") == 3 and "Exported 4 runs" in again.err
        assert runfolio("export", "--to", "mlflow", "runs", "mlruns").code == 0
        assert len(list((project / "mlruns").glob("*/*/meta.yaml"))) == 7
        assert "give the folder" in runfolio("export", "--to", "mlflow", "runs").err
        assert runfolio("export", "--to", "mlflow", "--values", "runs", "m").code == 2
        assert runfolio("export", "--to", "csv", "-o", "logs").code == 2

    def test_export_values_loses_none(self, project: Path, runfolio: Command) -> None:
        rows = runfolio("export", "--values", "--to", "json").json
        assert len(rows) == 6 * 5 * 2 + 2 * 2
        assert {"run_id": "wild-0", "metric": "loss", "step": 1, "time": "NaN", "value": "Infinity"} in rows
        assert runfolio("export", "--values", "-o", "values.parquet").code == 0
        assert pq.read_table(project / "values.parquet").num_rows == len(rows)
        text = runfolio("export", "--values").out
        assert text.splitlines()[0] == "run_id,metric,step,time,value"

    def test_the_python_table_is_the_export(self, project: Path, runfolio: Command) -> None:
        from runfolio import api

        frame = api.runs_table()
        assert list(frame["run_id"]) == [row["run_id"] for row in runfolio("export", "--to", "json").json]
        assert str(frame["started_at"].dt.tz) == "UTC"


class TestInitDemoCompletion:
    def test_new_finding(self, tmp_path: Path, runfolio: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert runfolio("new", "finding", "Is it ”wärmer”?").code == 0
        path = tmp_path / "findings" / "is-it-warmer.md"
        text = path.read_text(encoding="utf-8")
        assert 'title = "Is it ”wärmer”?"' in text and 'status = "open question"' in text
        again = runfolio("new", "finding", "Is it wärmer")
        assert again.code == 2 and "of this name already" in again.err
        assert path.read_text(encoding="utf-8") == text
        for seed in range(3):
            write_run(tmp_path / "runs" / f"a{seed}", curve_rows(3), parameters={"seed": seed})
        assert runfolio("new", "finding", 'A "start"').code == 0
        assert '{{ leader("val/acc") }}' in (tmp_path / "findings" / "a-start.md").read_text(encoding="utf-8")
        assert runfolio("build").code == 0, "what it writes can be built"

    def test_init(self, tmp_path: Path, runfolio: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert runfolio("init").code == 0
        assert runfolio("check").code == 3
        again = runfolio("init")
        assert again.code == 2
        assert "already" in again.err

    def test_demo_writes_runs_and_site_and_refuses_a_used_folder(
        self, project: Path, runfolio: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for file in sorted((project / "runs").rglob("*.*")):
                if file.is_file():
                    archive.write(file, file.relative_to(project).as_posix())
            archive.writestr("runfolio.toml", "title = 'Demo'")
        (project / "scaffold").mkdir()
        (project / "scaffold/digits.zip").write_bytes(packed.getvalue())
        monkeypatch.setattr("runfolio.site.scaffold._FOLDER", project / "scaffold")
        assert "Open somewhere/site/index.html" in runfolio("demo", "somewhere").out
        assert (project / "somewhere/site/index.html").exists()
        again = runfolio("demo", "somewhere")
        assert again.code == 2
        assert "name another" in again.err

    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_completion_scripts(self, shell: str, runfolio: Command) -> None:
        assert "_RUNFOLIO_COMPLETE" in runfolio("completion", shell).out
