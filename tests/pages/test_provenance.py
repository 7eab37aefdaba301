"""What the audit says of code, data and machines: what differs, what was not recorded, and nothing that may not be shown."""

from __future__ import annotations

from built import make_run, pages_of, plan

from runfolio.model import DataReference, Environment, GitState, Hardware, Run
from runfolio.pages.provenance import MOST_VALUES, Provenance, provenance


def run_of(name: str, commit: str | None = "a" * 40, dirty: bool = False, **environment: object) -> Run:
    return make_run(
        name,
        {"loss": 1.0},
        git=GitState(commit, dirty=dirty),
        environment=Environment(**{"python": "3.11.7", **environment}),  # type: ignore[arg-type]
    )


def told(found: Provenance) -> dict[str, list[tuple[str, int]]]:
    return {fact.name: [(value.text, value.runs) for value in fact.values] for fact in found.facts}


def test_what_differs_stands_first_and_is_named() -> None:
    found = provenance(
        [run_of("a", packages={"numpy": "1.26", "scipy": "1.11"}), run_of("b", packages={"numpy": "2.0"})]
    )
    assert [fact.name for fact in found.facts] == ["Package numpy", "Commit", "Python", "Packages"]
    assert told(found)["Package numpy"] == [("1.26", 1), ("2.0", 1)]
    assert told(found)["Packages"] == [("1 package with one version each", 2)]
    assert found.words == "Between runs differ: package numpy."


def test_runs_of_one_machine_and_commit_are_said_to_differ_in_nothing() -> None:
    found = provenance([run_of("a"), run_of("b")])
    assert told(found) == {"Commit": [("a" * 10, 2)], "Python": [("3.11.7", 2)]}
    assert found.words == "Nothing of this differs between runs, as far as they recorded it."


def test_uncommitted_changes_are_another_state_of_the_code() -> None:
    found = provenance([run_of("a"), run_of("b", dirty=True), run_of("c", commit=None)])
    commit = found.facts[0]
    assert [value.text for value in commit.values] == ["a" * 10, "a" * 10 + " with uncommitted changes"]
    assert commit.unknown == 1 and found.words == "Between runs differ: commit."


def test_versions_of_a_data_set_are_told_by_their_digests() -> None:
    def used(name: str, digest: str | None, uri: str | None = None) -> Run:
        return make_run(name, {"loss": 1.0}, data=(DataReference("train", uri, digest),))

    found = provenance(
        [used("a", "1" * 64), used("b", "2" * 64), used("c", None, "s3://here"), used("d", None)]
    )
    (fact,) = found.facts
    assert fact.name == "Data set train" and fact.differs
    assert {value.text for value in fact.values} == {
        "sha256 1111111111",
        "sha256 2222222222",
        "s3://here",
        "no digest recorded",
    }


def test_many_values_are_counted_and_the_order_of_runs_has_no_say() -> None:
    runs = [run_of(f"r{at}", commit=f"{at:040d}"[::-1]) for at in range(9)]
    found = provenance(runs)
    assert (len(found.facts[0].values), found.facts[0].more) == (MOST_VALUES, 9 - MOST_VALUES)
    assert provenance(runs[::-1]) == found


def test_nothing_recorded_gives_no_section() -> None:
    runs = [make_run("a", {"loss": 1.0}), make_run("b", {"loss": 2.0})]
    assert provenance(runs) == Provenance((), "")
    assert "Code, data and machines" not in pages_of(plan(runs))["audit.html"]


def test_the_page_shows_neither_host_nor_user_unless_they_are_disclosed() -> None:
    runs = [
        run_of("a", host="secret-host", user="ada", hardware=Hardware(cpu="EPYC", cores=2)),
        run_of("b", host="other-host", user="bob"),
    ]
    shown = pages_of(plan(runs))["audit.html"]
    assert "EPYC, 2 cores" in shown and "not recorded" in shown
    assert "secret-host" not in shown and "ada" not in shown
    open_to_all = pages_of(plan(runs, disclose=frozenset({"host", "user"})))["audit.html"]
    assert "secret-host" in open_to_all and "bob" in open_to_all
