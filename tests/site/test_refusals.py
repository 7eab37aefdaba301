"""What a site must never say, looked for in every page of sites whose runs tempt it to.

To add a refusal: give a tempting experiment to `TEMPTING` (or use one that is there), and a line to `REFUSALS` with the pattern of
the forbidden sentence, an example that the pattern must find, and the pages it may not stand on.
"""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from runfolio import api
from runfolio.testing.factories import write_run

Writer = Callable[[Path, str], None]
#: These pages explain the words, and name no run of an experiment.
EXPLAINING = ("methods.html", "audit.html")


def groups(values: dict[str, list[float | None]], metric: str = "accuracy") -> Writer:
    """Runs by the value of `model`, one a number; None is a run that failed before it logged."""

    def write(folder: Path, experiment: str) -> None:
        for model, numbers in values.items():
            for seed, value in enumerate(numbers):
                write_run(
                    folder / experiment / f"{experiment}-{model}-{seed}",
                    [] if value is None else [{"step": 1, metric: value}],
                    experiment=experiment,
                    status="failed" if value is None else "finished",
                    parameters={"model": model, "seed": seed},
                )

    return write


def noise(experiment_seed: int, count: int, level: float = 0.9, spread: float = 0.02) -> list[float | None]:
    draw = random.Random(experiment_seed)
    return [round(draw.gauss(level, spread), 4) for _ in range(count)]


def lucky_step(folder: Path, experiment: str) -> None:
    """One model has a high step in the middle of every run; in the end both are the same noise."""
    draw = random.Random(9)
    for model in ("steady", "lucky"):
        for seed in range(5):
            rows = [{"step": s, "accuracy": draw.gauss(0.8, 0.01)} for s in range(20)]
            if model == "lucky":
                rows[7]["accuracy"] = 0.99
            write_run(
                folder / experiment / f"{experiment}-{model}-{seed}",
                rows,
                experiment=experiment,
                parameters={"model": model, "seed": seed},
            )


def sweep_of_noise(folder: Path, experiment: str) -> None:
    """Forty trials whose settings decide nothing."""
    draw = random.Random(11)
    for trial in range(40):
        write_run(
            folder / experiment / f"{experiment}-{trial}",
            [{"step": 1, "accuracy": draw.gauss(0.8, 0.02)}],
            experiment=experiment,
            parameters={
                "lr": round(draw.uniform(0.001, 0.1), 5),
                "width": draw.choice([16, 32, 64]),
                "drop": draw.random(),
            },
        )


def few_builds(folder: Path, experiment: str) -> None:
    """Six builds, the latest far below."""
    for build, value in enumerate((0.91, 0.912, 0.909, 0.911, 0.91, 0.7)):
        write_run(
            folder / experiment / f"{experiment}-{build}",
            [{"step": 1, "accuracy": value}],
            experiment=experiment,
            started_at=f"2026-11-{10 + build}T10:00:00Z",
            parameters={"model": "same"},
            git={"commit": f"{build:040x}"},
        )


def watched_too_early(folder: Path, experiment: str) -> None:
    """Two variants that a single look would call apart, and whose split is as planned."""
    for variant, won in (("old", 800), ("new", 885)):
        write_run(
            folder / experiment / f"{experiment}-{variant}",
            [{"step": 1, "won": won, "seen": 10_000}],
            experiment=experiment,
            parameters={"page": variant},
        )


def mismatched(folder: Path, experiment: str) -> None:
    """Two variants that seem apart, of a split that was not kept."""
    for variant, won, seen in (("old", 800, 10_000), ("new", 1_100, 9_300)):
        write_run(
            folder / experiment / f"{experiment}-{variant}",
            [{"step": 1, "won": won, "seen": seen}],
            experiment=experiment,
            parameters={"page": variant},
        )


def suite(values: dict[str, dict[str, list[float | None]]], metrics: dict[str, str] | None = None) -> Writer:
    """Runs by method, then by task, one a number; None is a run that failed. `metrics`: of a task, where it has its own."""

    def write(folder: Path, experiment: str) -> None:
        for model, tasks in values.items():
            for task, numbers in tasks.items():
                for seed, value in enumerate(numbers):
                    metric = (metrics or {}).get(task, "accuracy")
                    write_run(
                        folder / experiment / f"{experiment}-{model}-{task}-{seed}",
                        [] if value is None else [{"step": 1, metric: value}],
                        experiment=experiment,
                        status="failed" if value is None else "finished",
                        parameters={"task": task, "model": model, "seed": seed},
                    )

    return write


def on_tasks(
    seed: int, tasks: int, n: int, level: float, spread: float = 0.02
) -> dict[str, list[float | None]]:
    return {f"t{task}": noise(100 * seed + task, n, level, spread) for task in range(tasks)}


def long_series(folder: Path, experiment: str) -> None:
    """Thousands of steps that are thinned and may be smoothed, and a last value far from both."""
    draw = random.Random(17)
    for model, last in (("alpha", 0.1234), ("beta", 0.8766)):
        for seed in range(3):
            rows = [{"step": step, "accuracy": draw.gauss(0.5, 0.05)} for step in range(3_000)]
            rows[-1]["accuracy"] = last + seed * 0.001
            write_run(
                folder / experiment / f"{experiment}-{model}-{seed}",
                rows,
                experiment=experiment,
                parameters={"model": model, "seed": seed},
            )


def arena(wins: dict[tuple[str, str], tuple[int, int]]) -> Writer:
    """Matches of pairs: how many the first and the second won."""

    def write(folder: Path, experiment: str) -> None:
        for (first, second), (won, lost) in wins.items():
            write_run(
                folder / experiment / f"{experiment}-{first}-{second}",
                [{"step": at, "victory": float(at < won)} for at in range(won + lost)],
                experiment=experiment,
                parameters={"left": first, "right": second},
            )

    return write


TEMPTING: dict[str, Writer] = {
    "tied": groups({"alpha": noise(1, 5), "beta": noise(2, 5), "gamma": noise(3, 5)}),
    "two-runs": groups({"alpha": [0.1, 0.11], "beta": [0.9, 0.91]}),
    "one-run": groups({"alpha": [0.1], "beta": [0.9]}),
    "copies": groups({"alpha": [0.5] * 5, "beta": [0.7] * 5}),
    "ambiguous": groups({"alpha": noise(4, 5, 0.2), "beta": noise(5, 5, 0.9)}, metric="error_recovery_rate"),
    "near-zero": groups({"alpha": noise(6, 5, 0.0), "beta": noise(7, 5, 0.9)}, metric="score"),
    "survivors": groups({"alpha": noise(8, 5, 0.6), "beta": [0.9, 0.91, 0.905, None, None]}),
    "far-apart": groups({"alpha": noise(12, 12, 0.2, 0.001), "beta": noise(13, 12, 0.9, 0.001)}),
    "lucky-step": lucky_step,
    "noise-sweep": sweep_of_noise,
    "few-builds": few_builds,
    "early": watched_too_early,
    "mismatch": mismatched,
    "long-series": long_series,
    "suite-tied": suite({name: on_tasks(i, 5, 5, 0.9) for i, name in enumerate(("alpha", "beta", "gamma"))}),
    "suite-lacking": suite(
        {
            "alpha": on_tasks(4, 4, 5, 0.6),
            "beta": {task: values for task, values in on_tasks(5, 4, 5, 0.95).items() if task != "t3"},
            "gamma": on_tasks(6, 4, 5, 0.6),
        }
    ),
    "suite-survivors": suite(
        {
            "alpha": on_tasks(7, 4, 5, 0.6),
            "beta": {**on_tasks(8, 4, 5, 0.95), "t1": [0.95, 0.94, 0.96, None, None]},
            "gamma": on_tasks(9, 4, 5, 0.6),
        }
    ),
    "suite-units": suite(
        {"alpha": on_tasks(10, 3, 5, 0.6), "beta": on_tasks(11, 3, 5, 0.9)},
        {"t1": "loss", "t2": "latency_ms"},
    ),
    "arena-tied": arena(
        {("alpha", "beta"): (12, 9), ("beta", "gamma"): (10, 9), ("alpha", "gamma"): (11, 9)}
    ),
    "arena-unbounded": arena(
        {("alpha", "beta"): (9, 0), ("beta", "gamma"): (5, 4), ("alpha", "gamma"): (7, 0)}
    ),
    "suite-few": suite({"alpha": on_tasks(12, 2, 3, 0.6, 0.1), "beta": on_tasks(13, 2, 3, 0.7, 0.1)}),
}
BASELINES = {
    "early": 'page == "old"',
    "mismatch": 'page == "old"',
    "noise-sweep": "lr > 0",
    "few-builds": 'model == "same"',
    "lucky-step": 'model == "steady"',
    "arena-tied": 'left == "alpha" and right == "beta"',
    "arena-unbounded": 'left == "alpha" and right == "beta"',
}
_ARENA = '[pairwise.arena]\nfirst = "left"\nsecond = "right"\noutcome = "victory"\n'
#: What is configured for one experiment alone.
MORE = {
    "arena-tied": _ARENA,
    "arena-unbounded": _ARENA,
    "suite-lacking": '[suite]\ntask = "task"\n',
    "suite-units": "[suite]\n"
    + "".join(
        f'[[suite.tasks]]\nname = "t{at}"\nwhere = \'task == "t{at}"\'\nmetric = "{metric}"\n'
        for at, metric in enumerate(("accuracy", "loss", "latency_ms"))
    ),
    "suite-tied": '[suite]\niqm = true\nranks = "wilcoxon"\n',
    "suite-survivors": '[suite]\niqm = true\nranks = "nemenyi"\n',
    "suite-few": '[suite]\niqm = true\nranks = "nemenyi"\n',
}
CONFIG = """
[proportions.win]
successes = "won"
trials = "seen"
goal = "maximize"
"""


@dataclass(frozen=True)
class Refusal:
    """One forbidden sentence."""

    name: str
    experiments: tuple[str, ...]
    """On whose sites it must not stand; empty: on none."""
    pattern: str
    example: str
    """A text that the pattern must find, so that it can find it on a page too."""

    def found_in(self, text: str) -> str:
        hit = re.search(self.pattern, text, re.I)
        return "" if hit is None else text[max(0, hit.start() - 60) : hit.end() + 60]


RANKLESS = (
    "tied",
    "two-runs",
    "one-run",
    "copies",
    "ambiguous",
    "lucky-step",
    "noise-sweep",
    "early",
    "mismatch",
    "suite-tied",
    "arena-tied",
    "arena-unbounded",
)
UNJUDGED = (
    "two-runs", "one-run", "copies", "ambiguous", "tied", "lucky-step", "survivors", "early", "mismatch", "few-builds", "noise-sweep", "suite-tied", "arena-tied", "arena-unbounded",
)  # fmt: skip
REFUSALS = (
    Refusal("best of what is not separated", RANKLESS, r"\bbest (at|is)\b|\bis best\b|(?<!tied )\bbest\s*<|\bwinner\b|🏆|🥇|\bbeats\b", "alpha beats beta"),
    Refusal("a better that is not shown", UNJUDGED, r"(?<!ed )\b(better|worse) by\b|>(better|worse)(, [^<]*)?<", "beta: better by 0.8"),
    Refusal("better than in a headline", UNJUDGED, r"\bis (better|worse) than\b", "new is better than old by 1 point"),
    Refusal("an interval of few", ("two-runs", "one-run"), r"±|95% interval of the mean", "0.5 ± 0.1"),
    Refusal("an interval without width", ("copies",), r"± ?0(\.0+)?\b|\[[^\]]*\+0\.20? to \+0\.20?\]", "0.5 ± 0"),
    Refusal("no difference", (), r"\bno (significant |statistical )?difference\b|\bidentical results\b", "there is no difference"),
    Refusal("significance and stars", (), r"\bsignifican(t|ce|tly)\b|p ?[<=] ?0\.05\b|\*\*\*", "a significant gain"),
    Refusal("a p of nothing", (), r"\bp ?(=|<|≤) ?0(\.0+)?(?![.\d])", "p = 0.000"),
    Refusal("a regression", (), r"\bregress(ed|ion)\b", "accuracy regressed"),
    Refusal("the important setting of noise", ("noise-sweep",), r"\bmost important\b|\bexplains most\b|\bmatters most\b", "lr is the most important"),
    Refusal("a relative change over nothing", ("near-zero",), r"[+−-]\d[\d.,]*\s?%", "+9000%"),
    Refusal("a lead of an unknown direction", ("ambiguous",), r"\b(alpha|beta) leads\b|\btied best\b|\bbest\b(?! first)", "beta leads at 0.9"),
    Refusal("survivors as if they were all", ("survivors",), r"\bbeta is best\b|\bbeta beats\b|\bbeta leads\b", "beta beats alpha"),
    Refusal("a method that is not on every task as the best of all", ("suite-lacking", "suite-survivors"), r"\bbeta (is|are) best over\b|\bbeta leads\b|\bbeta reaches\b|\bbeta over\b|\bover beta\b", "beta is best over 4 tasks"),
    Refusal("a mean over tasks of different units", ("suite-units",), r"\bmean of tasks\b|\binterquartile mean\b|\bbest over\b|\bperformance profile\b", "Mean of tasks"),
    Refusal("the strongest of what is not separated", ("arena-tied", "arena-unbounded"), r"\bis strongest\b", "alpha is strongest, 60 Elo points ahead of beta"),
    Refusal("a strength without bound", ("arena-unbounded",), r"\bElo\b|\bleads\b", "+812 Elo points"),
    Refusal("more often by chance", ("suite-tied",), r">\s*more often\s*<|\bsome methods differ\b|\ball neighbours are told apart\b", "> more often <"),
    Refusal("a resampled interval of few", ("suite-few",), r"\bstratified bootstrap interval: |\bbands: 95%|\d \[0\.\d+, [01]\.\d+\]", "alpha over beta 0.60 [0.45, 0.71]"),
    Refusal("ranks over too few tasks", ("suite-survivors", "suite-lacking", "suite-few"), r"\bmean ranks? over\b|\btold apart:", "Critical difference diagram: mean ranks over 4 tasks"),
    Refusal("a number from what was smoothed or thinned", ("long-series",), r"\b0\.(4[89]|5[01])\d* ?±|\b(leads|best|beats)\b[^.]{0,40}\b0\.(4[89]|5[01])\b", "alpha leads at 0.50"),
    Refusal("power after the fact", (), r"\bpost.?hoc\b|\bobserved power\b|\btrending\b|\bpromising\b", "a promising trend"),
)  # fmt: skip


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, str]]:
    """The visible text of every page of the site of one tempting experiment, by path; titles and tooltips are text too."""
    built: dict[str, dict[str, str]] = {}

    def texts(experiment: str) -> dict[str, str]:
        if experiment not in built:
            folder = tmp_path_factory.mktemp(experiment)
            TEMPTING[experiment](folder / "runs", experiment)
            baseline = BASELINES.get(experiment, 'model == "alpha"')
            (folder / "runfolio.toml").write_text(
                f"baseline = '{baseline}'\n{MORE.get(experiment, '')}{CONFIG}"
            )
            api.build(out=folder / "site", config=folder / "runfolio.toml", workers=1, use_cache=False)
            built[experiment] = dict(_texts(folder / "site"))
        return built[experiment]

    return texts


def _texts(site: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(site.rglob("*.html")):
        page = path.read_text("utf-8")
        page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.S)
        said = " ".join(re.findall(r'(?:title|aria-label|content)="([^"]*)"', page))
        # Cells keep their edges: a verdict word alone in its cell is a verdict.
        words = re.sub(r"<(td|/td)[^>]*>", lambda m: ">" if m[1] == "td" else "<", page)
        yield (
            path.relative_to(site).as_posix(),
            html.unescape(re.sub(r"<[a-zA-Z/!][^>]*>", " ", words) + " " + said),
        )


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda r: r.name)
def test_a_pattern_finds_what_it_forbids(refusal: Refusal) -> None:
    assert refusal.found_in(refusal.example)


@pytest.mark.parametrize("experiment", TEMPTING)
def test_no_page_says_what_is_refused(sites: Callable[[str], dict[str, str]], experiment: str) -> None:
    found = [
        f"{refusal.name}: {path}: …{hit}…"
        for path, text in sites(experiment).items()
        if path not in EXPLAINING
        for refusal in REFUSALS
        if (not refusal.experiments or experiment in refusal.experiments) and (hit := refusal.found_in(text))
    ]
    assert found == []


def text_of(pages: dict[str, str]) -> str:
    return re.sub(r"\s+", " ", next(text for path, text in pages.items() if path.startswith("experiments/")))


def test_what_is_earned_is_said(sites: Callable[[str], dict[str, str]]) -> None:
    text = text_of(sites("far-apart"))
    assert "beta beats alpha" in text and re.search(r">\s*better\s*<", text)


@pytest.mark.parametrize(
    ("experiment", "words"),
    [
        ("tied", "not clearly ahead of"),
        ("two-runs", "too few runs"),
        ("one-run", "one run each, so this may be noise"),
        ("copies", "the seed seems to have no effect"),
        ("ambiguous", "which way is better is not known"),
        ("survivors", "2 of 5 runs failed"),
        ("lucky-step", "no clear difference"),
        ("early", "not clearly apart from old"),
        ("mismatch", "not split as planned"),
        ("suite-tied", "not clearly ahead of"),
        ("suite-tied", "No clear difference: "),
        ("suite-tied", "can tell no two methods apart"),
        ("suite-lacking", "beta: no runs on 1 of 4 tasks, so it has no place"),
        ("suite-lacking", "Left out, because runs are missing: beta."),
        ("suite-survivors", "beta: 2 of 20 runs gave no usable value, so it has no place"),
        ("suite-survivors", "beta is not judged, because runs are missing"),
        ("suite-survivors", "4 tasks; ranks over tasks need 5"),
        ("suite-units", "No mean over tasks"),
        ("suite-few", "6 runs over all tasks; an interval needs 20"),
        ("suite-few", "6 runs over all tasks, 20 needed for an interval"),
        ("suite-few", "no band: that needs 20 runs of a method over all tasks"),
        ("arena-tied", "leads, but is not clearly ahead of beta and gamma"),
        ("arena-unbounded", "their strength has no bound"),
        ("long-series", "0.1244 ± 0.0025"),
    ],
)
def test_instead_the_page_says_what_is_known(
    sites: Callable[[str], dict[str, str]], experiment: str, words: str
) -> None:
    assert words in text_of(sites(experiment))


def test_a_method_that_lacks_a_task_has_no_mean_over_the_others(
    sites: Callable[[str], dict[str, str]],
) -> None:
    page = next(page for path, page in sites("suite-lacking").items() if path.startswith("experiments/"))
    rows = re.findall(r"(alpha|beta|gamma)\s+(?:baseline\s*)?<?\s*>\s*([\d.]+|–)", page)
    means = dict(rows[:3])
    assert means["beta"] == "–" and float(means["alpha"]) < 0.7


def test_every_half_width_is_named(sites: Callable[[str], dict[str, str]]) -> None:
    named = r"95% (t )?interval|half of (its|the) 95%"
    pages = [
        (name, path, text)
        for name in TEMPTING
        for path, text in sites(name).items()
        if "±" in text and path not in EXPLAINING
    ]
    assert len(pages) > 20
    assert [(name, path) for name, path, text in pages if not re.search(named, text)] == []


def test_shares_of_variance_are_not_made_to_add_up(sites: Callable[[str], dict[str, str]]) -> None:
    page = next(text for path, text in sites("noise-sweep").items() if path.startswith("sweeps/"))
    shares = [float(share.replace("−", "-")) for share in re.findall(r">\s*>\s*(−?0\.\d+)<", page)]
    assert sum(max(share, 0.0) for share in shares) < 0.7 and "no support" in page
