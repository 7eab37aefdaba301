"""The lines that run a run again: what a shell would do with them, and what they keep to themselves."""

from __future__ import annotations

import subprocess
from typing import Any

from built import make_run, pages_of, plan
from hypothesis import given
from hypothesis import strategies as st

from runfolio.model import Artifact, DataReference, Environment, GitState
from runfolio.pages.reproduce import reproduce

KNOWN: dict[str, Any] = {
    "git": GitState("c" * 40, "main", True, "artifacts/git.diff"),
    "environment": Environment(
        ("python", "/home/ann/train.py", "--note", "it's"), "3.12.1", packages={"b": "2", "a": "1"}
    ),
    "data": (DataReference("cifar", "s3://data/cifar", "d" * 64), DataReference("own")),
    "parameters": {"seed": 3, "lr": 0.1},
}


def test_every_part_that_is_known_has_a_line() -> None:
    run = make_run(
        "a",
        {"loss": 1.0},
        artifacts=(Artifact("git diff", "diff", "text/x-diff", "artifacts/git.diff"),),
        **KNOWN,
    )
    assert reproduce(run, ("seed",), True).splitlines() == [
        f"git checkout {'c' * 40}",
        "git apply git.diff  # among this run's artifacts",
        "# Python 3.12.1",
        "pip install a==1 b==2",
        f"# data cifar from s3://data/cifar, sha256 {'d' * 64}",
        "# data own, no digest recorded",
        "# seeds: seed = 3",
        """python /home/ann/train.py --note 'it'"'"'s'""",
    ]


def test_what_the_site_does_not_disclose_is_not_in_the_lines() -> None:
    page = pages_of(plan([make_run("a", {"loss": 1.0}, **KNOWN)]))["runs/a.html"]
    box = page[page.index('id="reproduce"') :].split("</section>")[0]
    assert "/home/ann" not in box and "--note" not in box
    assert "train.py" in box and "the whole command is not shown here" in box
    assert "what was changed is not shown here" in box


def test_a_run_that_recorded_nothing_has_no_box() -> None:
    assert reproduce(make_run("a", {"loss": 1.0}), (), False) == ""
    assert 'id="reproduce"' not in pages_of(plan([make_run("a", {"loss": 1.0})]))["runs/a.html"]


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_no_name_becomes_a_command(text: str) -> None:
    """As a shell takes them, names stay words or comments."""
    run = make_run(
        "a",
        data=(DataReference(text, text),),
        git=GitState(text),
        environment=Environment(("python", text), text, packages={"x": text}),
        parameters={"seed": text},
    )
    lines = reproduce(run, ("seed",), True)
    told = "".join(f"{name}() {{ printf '%s\\0' {name} \"$@\"; }}\n" for name in ("git", "pip", "python"))
    done = subprocess.run(["sh", "-c", told + lines], capture_output=True, check=True)
    words = done.stdout.decode().split("\0")[:-1]
    assert words == ["git", "checkout", text, "pip", "install", f"x=={text}", "python", text]


def test_a_shell_runs_nothing_but_the_command() -> None:
    run = make_run(
        "a",
        data=(DataReference("x\ntouch hacked"),),
        environment=Environment(("echo", "done; $(exit 3)")),
        git=None,
    )
    done = subprocess.run(["sh", "-c", reproduce(run, (), True)], capture_output=True, text=True, check=True)
    assert done.stdout == "done; $(exit 3)\n"
