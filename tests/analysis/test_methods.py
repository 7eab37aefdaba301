"""Every public statistic is in the list of methods, and its docstring says all that a reader asks."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

import runfolio.analysis
from runfolio.analysis.method import Method, method_of
from runfolio.analysis.methods import topics

#: Modules that find, choose, name or write, and compute no statistic of their own.
NO_STATISTICS = {
    "baseline", "builds", "claim", "claim_rule", "claim_words", "compare", "completeness", "content_seed", "failure_rates", "find_run", "group",
    "group_label", "identifier", "judging", "method", "methods", "metrics", "pairwise", "quantity", "remarks", "suite", "suite_result", "variants",
    "sweep", "where", "where_match", "where_parser", "where_tree", "where_values", "where_words",
}  # fmt: skip
#: Public parts of statistics that the list names by another function.
PARTS_OF_OTHERS = {
    "aggregate.iqm_of_rows", "aggregate.optimality_gap_of_rows", "aggregate.suite_median_of_rows", "beta.beta_fraction",
    "beta.regularised_beta", "champion.duration_of", "champion.first_start", "champion.mean_cost", "confounding.confounded", "confounding.moves_with", "data_sets.cliques", "data_sets.complete_rows", "difference.contrast_of", "difference.difference",
    "direction.is_evaluation", "direction.is_resource", "direction.tokens", "estimate.estimate_group", "estimate.half_width_of",
    "gamma.upper_gamma", "importance.jackknife", "holm.holm_where_known", "power.runs_needed_between", "power.runs_needed_for_mean", "rank.places_of",
    "rounding.bytes_text", "rounding.column_decimals", "rounding.count_text", "rounding.duration_text", "rounding.four_digits",
    "rounding.number_text", "rounding.parameter_text", "rounding.pdg", "rounding.signed_text", "rounding.uses_scientific",
    "select.outcome_of", "signed_rank.average_ranks", "spearman.average_ranks", "steps.find_steps", "stratified.finite_scores", "stratified.resampled",
    "student.t_cdf", "suite_detail.suite_chances", "suite_detail.suite_profiles", "variant_counts.count_of", "variant_counts.count_of_run", "verdict.interval_decimals",
}  # fmt: skip

LISTED: dict[str, Method] = {method.code: method for topic in topics() for method in topic.methods}


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(runfolio.analysis.__path__):
        yield importlib.import_module(f"runfolio.analysis.{found.name}")


def public_functions() -> Iterator[tuple[str, str]]:
    for module in modules():
        short = module.__name__.rpartition(".")[2]
        for name, value in vars(module).items():
            function = inspect.unwrap(value) if callable(value) else value
            if (
                inspect.isfunction(function)
                and not name.startswith("_")
                and function.__module__ == module.__name__
            ):
                yield short, f"{short}.{name}"


def test_every_public_statistic_is_listed() -> None:
    missing = [
        code
        for module, code in public_functions()
        if module not in NO_STATISTICS and code not in PARTS_OF_OTHERS and code not in LISTED
    ]
    assert missing == [], "add them to analysis/methods.py, or say in this test what they are parts of"


def test_whatever_has_a_formula_is_listed() -> None:
    functions = {
        f"{module.__name__.rpartition('.')[2]}.{name}": inspect.unwrap(value)
        for module in modules()
        for name, value in vars(module).items()
        if callable(value) and getattr(inspect.unwrap(value), "__module__", "") == module.__name__
    }
    assert [c for c, f in functions.items() if "Formula:" in (f.__doc__ or "") and c not in LISTED] == []


@pytest.mark.parametrize("code", LISTED)
def test_a_docstring_has_all_its_parts(code: str) -> None:
    method = LISTED[code]
    for part in (method.says, method.formula, method.shapes, method.missing_values, method.source):
        assert part and part.endswith((".", ")")), (code, part)
    assert "\n" not in method.formula


def test_names_are_told_apart() -> None:
    names = [method.name for topic in topics() for method in topic.methods]
    assert len(names) == len(set(names)) == len(LISTED)


def test_a_docstring_is_taken_apart() -> None:
    def example() -> None:
        """What comes back.

        Formula: a +
        b.
        Source: x.
        """

    found = method_of("Example", example)
    assert (found.says, found.formula, found.source, found.refused) == (
        "What comes back.",
        "a + b.",
        "x.",
        "",
    )
