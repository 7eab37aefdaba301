"""`runfolio check`: everything wrong, and what the claims come to, without building anything."""

from __future__ import annotations

from pathlib import Path

import click

from runfolio.cli import options
from runfolio.cli.console import Progress, plural, print_fields, print_json, print_problems, printable
from runfolio.pages.claim_result import ClaimResult, Gate, Mark, gate_of
from runfolio.place import Place, WebUrl
from runfolio.site.project import Project, Wishes

_COLOURS = {Gate.PASSED: "green", Gate.FAILED: "red", Gate.UNDECIDED: "yellow"}
_WORDS = {Gate.PASSED: "gate passed", Gate.FAILED: "gate failed", Gate.UNDECIDED: "gate undecided, passes"}


@options.command(
    "check",
    examples_text="""
runfolio check
runfolio check runs/new --strict
""",
)
@options.sources
@options.config
@options.readers
@options.against
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@options.as_json
def command(
    sources: tuple[Place, ...],
    config: Path | None,
    readers: tuple[str, ...],
    against: Place | WebUrl | None,
    strict: bool,
    as_json: bool,
) -> int:
    """Say what is wrong with the runs and the configuration.

    Also how many runs each reader took, and which claims hold. Exits with 1 when there is an error or a gate fails.
    """
    wishes = Wishes(sources, config=config, readers=readers, against=against)
    report = Project(wishes, Progress()).check()
    if as_json:
        print_json(report.as_json())
    else:
        print_problems(report.problems, err=False, limit=None)
        print_fields({name: plural(count, "run") for name, count in sorted(report.readers.items())})
        for result in report.claims:
            _print_claim(result, report.marks[result.claim.key])
        problems = plural(len(report.problems), "problem") if report.problems else "no problem"
        gates = report.gates
        passed = f", {len(gates) - gates.count(Gate.FAILED)} of {plural(len(gates), 'gate')} passed"
        click.echo(f"{plural(report.runs, 'run')}, {problems}{passed if gates else ''}")
    return int(report.fails(strict=strict))


def _print_claim(result: ClaimResult, mark: Mark) -> None:
    """The outcome and the sentence on one line, what was seen on the next, and whether it was otherwise."""
    gate = gate_of(result, mark)
    label = f"claim {result.outcome}" if gate is None else _WORDS[gate]
    click.echo(f"{click.style(label, fg=gate and _COLOURS[gate], bold=True)}  {printable(result.sentence)}")
    click.echo(f"  {printable(result.reason, longest=400)}")
    if flip := mark.flip(result.outcome):
        click.echo(f"  {flip}")
    if result.claim.is_flip_gate and not mark.was:
        click.echo("  no earlier build says how it came out: name one with --against")
