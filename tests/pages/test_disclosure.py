"""What a site shows of a run by default is safe to publish: looked for in every byte of a whole site."""

from __future__ import annotations

from dataclasses import replace

import pytest
from built import Shelf, files_of, make_run, pages_of, plan, sealed

from runfolio.model import (
    Alert,
    Artifact,
    DataReference,
    Environment,
    GitState,
    Hardware,
    Run,
    SourceFile,
    parameter,
)
from runfolio.pages.disclosure import MASK, disclose, looks_secret
from runfolio.pages.options import DISCLOSABLE

SECRETS = {
    "by name": ("password", "correct horse battery"),
    "by camel case": ("dbPassword", "correct-horse"),
    "by last part": ("optimizer.api_key", "abc123xyz"),
    "session": ("aws_session_token", "FwoGZXIvYXdzEBEaDH"),
    "token secret": ("access_token_secret", "s3cr3tvalue"),
    "login": ("login_token", "letmein99"),
    "number": ("db.password", 48151623),
    "aws": ("note", "AKIAIOSFODNN7EXAMPLE"),
    "github": ("remote", "ghp_" + "a1B2" * 9),
    "model hub": ("hub", "hf_" + "Ab3" * 12),
    "provider": ("llm", "sk-proj-" + "aB3dE5fG7h" * 3),
    "url": ("db", "postgres://scott:tiger99@db.example.org/x"),
    "url without user": ("queue", "redis://:tiger98@cache/0"),
    "jwt": ("bearer_value", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4"),
    "key file": ("pem", "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----"),
}
HARMLESS = {
    "max_tokens": 512,
    "tokenizer": "bpe",
    "author": "Ada",
    "secretary_problem": "classic",
    "token_count": 12,
    "maxTokens": "4096",
    "eos_token": "</s>",
    "pad_token_id": "0",
    "authors": "two",
    "task": "multi-task-learning-benchmark-v2",
    "library": "sk-learn-gradient-boosting-classifier",
    "dataset": "s3://bucket/imagenet",
    "token": 7,
    "use_auth": True,
    "url": "http://localhost:8080/v1",
    "keyboard": "qwerty",
    "passes": "3",
    "bypass": "none",
}


@pytest.mark.parametrize("case", SECRETS)
def test_credentials_are_masked_and_reported_whatever_is_allowed(case: str) -> None:
    name, value = SECRETS[case]
    run = make_run("a", {"loss": 1.0}, parameters={name: value})
    for allowed in (frozenset[str](), frozenset(DISCLOSABLE)):
        found = disclose(run, allowed)
        assert found.run.parameters[name].value == MASK
        assert [(p.slug, p.run_id) for p in found.problems] == [("masked-parameter", "a")]
        assert str(value) not in found.problems[0].message
    site = plan([run])
    assert [p.slug for p in site.problems] == ["masked-parameter"]
    assert str(value).splitlines()[-1] not in everything([run])


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_names_and_values_are_shown(name: str) -> None:
    assert not looks_secret(name, parameter(HARMLESS[name]))
    found = disclose(make_run("a", parameters={name: HARMLESS[name]}), frozenset())
    assert found.run.parameters[name].value == HARMLESS[name]
    assert found.problems == ()


def everything(runs: list[Run], **options: object) -> str:
    """Every byte of the site that is made of the runs, data and pages together."""
    shelf = Shelf(tuple(runs), artifacts={("a", "artifacts/git.diff"): b"+ diff-canary"})
    site = plan(shelf, **options)
    parts = [*pages_of(site).values(), *(data.decode("latin-1") for data in files_of(site).values())]
    return "\n".join(parts)


#: Part of a run → text that only it holds, and what must be allowed for it to be seen.
CANARIES = {
    "host-canary": "host",
    "user-canary": "user",
    "someone@canary.example.org": "user",
    "note-author@canary.example.org": "user",
    "/home/folder-canary/work": "paths",
    "folder-parameter-canary": "paths",
    "variable-canary": "variables",
    "--flag-canary": "command",
    "diff-canary": "diff",
}


def telling_run() -> Run:
    run = make_run(
        "a",
        {"loss": 1.0},
        parameters={"out": "/home/folder-parameter-canary/x", "contact": "someone@canary.example.org"},
        status="failed",
        error='Traceback:\n  File "/srv/traced-canary/train.py", line 3\nOSError: /home/error-canary/x is full',
        notes="Ask note-author@canary.example.org; data in /Users/note-canary/data.",
        tags=("mail tag-author@canary.example.org",),
        alerts=(Alert("disk", "full: C:\\Users\\alert-canary\\x"),),
        data=(DataReference("set", "file:///home/data-canary/set"),),
        artifacts=(
            Artifact("code", "diff", "text/x-diff", "artifacts/git.diff", size_bytes=13),
            Artifact("weights", "model", "x/y", uri="ssh://scott:uri-canary@host/w"),
        ),
        git=GitState("c" * 40, "main", True, "artifacts/git.diff"),
        environment=Environment(
            command=(
                "python",
                "/home/command-canary/train.py",
                "--flag-canary",
                "--password",
                "argument-canary",
            ),
            python="3.12.1",
            platform="Linux-6",
            host="host-canary",
            user="user-canary",
            working_directory="/home/folder-canary/work",
            packages={"numpy": "2.0", "mine": "0 @ file:///home/package-canary/x"},
            variables={"SETTING": "variable-canary", "API_TOKEN": "secret-variable-canary"},
            hardware=Hardware("Turbo 9", 8, 2**34, ("T4",)),
        ),
    )
    return sealed(run)


def test_by_default_nothing_private_is_in_any_byte() -> None:
    text = everything([telling_run()])
    assert "canary" not in text.replace("contact", "")
    for shown in ("train.py", "cccccccccc", "main", "3.12.1", "Turbo 9", "T4", "numpy", "Linux-6"):
        assert shown in text


@pytest.mark.parametrize("canary", CANARIES)
def test_what_disclose_names_is_shown(canary: str) -> None:
    allowed = frozenset([CANARIES[canary]])
    assert canary in everything([telling_run()], disclose=allowed)
    assert canary not in everything([telling_run()], disclose=frozenset(DISCLOSABLE) - allowed)


def test_credentials_stay_masked_when_everything_is_allowed() -> None:
    text = everything([telling_run()], disclose=frozenset(DISCLOSABLE))
    for canary in ("argument-canary", "uri-canary", "secret-variable-canary"):
        assert canary not in text
    assert MASK in text


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (("/usr/bin/python3", "-u", "train.py", "--lr", "1"), ("train.py",)),
        (("C:\\Python\\python.exe", "C:\\work\\train.py"), ("train.py",)),
        (("/opt/bin/train", "--x"), ("train",)),
        ((), ()),
    ],
)
def test_of_a_command_only_the_scripts_name_is_shown(
    command: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    run = replace(make_run("a"), environment=Environment(command=command))
    assert disclose(run, frozenset()).run.environment.command == shown


def test_options_in_one_word_lose_their_credential_too() -> None:
    run = replace(
        make_run("a"), environment=Environment(command=("x.py", "--api-key=abc", "lr=1", "--seed", "3"))
    )
    shown = disclose(run, frozenset(["command"])).run.environment.command
    assert shown == ("x.py", f"--api-key={MASK}", "lr=1", "--seed", "3")


def test_a_diff_listed_as_a_plain_file_is_left_out_too() -> None:
    run = replace(
        make_run("a"),
        git=GitState("c" * 40, diff_path="artifacts/git.diff"),
        artifacts=(Artifact("git.diff", "file", "text/plain", "artifacts/git.diff"),),
    )
    assert disclose(run, frozenset()).run.artifacts == ()
    assert len(disclose(run, frozenset(["diff"])).run.artifacts) == 1


def test_a_plain_run_is_shown_as_it_is() -> None:
    run = make_run("a", {"loss": 1.0}, parameters={"lr": 0.1, "model": "mlp"}, notes="Good.", tags=("x",))
    assert disclose(run, frozenset()).run == run


@pytest.mark.parametrize(("allowed", "name"), [((), "events.(host)"), (("host",), "events.box.lan")])
def test_the_machine_in_names_of_files_is_taken_out(allowed: tuple[str, ...], name: str) -> None:
    run = make_run("a")
    file = SourceFile("box.lan/events.box.lan.12", 1, "0")
    run = replace(run, environment=Environment(host="box.lan"), source=replace(run.source, files=(file,)))
    (shown,) = disclose(run, frozenset(allowed)).run.source.files
    assert shown.path == f"box.lan/{name}.12"
