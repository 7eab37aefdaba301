"""A folder of runs that try everything: what is hostile, broken, secret or no run at all."""

from __future__ import annotations

import json
import random
from pathlib import Path

from runfolio.runlog import METRICS_JSONL
from runfolio.testing.factories import curve_rows, write_hostile_runs, write_run

#: Texts that no file of a site may hold unless `disclose` names them.
SECRETS = {
    "key": "sk-proj-hostileHOSTILEhostile0123456789",
    "token": "ghp_" + "Zx9" * 12,
    "password": "hunter2-correct-horse",
    "login": "postgres://admin:s3cretpw@db.internal.example/x",
    "private": "-----BEGIN RSA PRIVATE KEY-----",
    "address": "jane.doe@mail.example.org",
    "home": "/home/janedoe/private/project",
    "windows": "C:\\Users\\janedoe\\private",
    "host": "gpu-node-17.cluster.example",
    "user": "janedoe-login",
    "variable": "value-of-a-variable",
    "argument": "--hidden-argument=42",
    "change": "line-of-an-uncommitted-change",
}
#: Parts of secrets that would give them away as well.
TRACES = ("hunter2", "s3cretpw", "hostileHOSTILE", "ghp_", "PRIVATE KEY", "janedoe", "jane.doe", "gpu-node-17",
          "value-of-a-variable", "hidden-argument", "uncommitted-change")  # fmt: skip

MARKUP = "\"'></title></script></style></textarea><script>alert(1)</script><img src=x onerror=alert(1)>"


def write_hostile_site(root: Path, *, long_run_steps: int = 1_000_000) -> Path:
    """The root with all of it: the hostile runs of the testing kit, and below `more` what only a site shows."""
    write_hostile_runs(root, long_run_steps=long_run_steps)
    _write_secrets(root / "more" / "secrets")
    _write_markup(root / "more" / "markup")
    _write_names(root / "more" / "names")
    _write_broken(root / "more" / "broken")
    _write_no_runs(root / "more" / "other")
    return root


def _write_secrets(folder: Path) -> None:
    write_run(
        folder,
        curve_rows(5),
        parameters={
            "api_key": SECRETS["key"],
            "deep": {"auth": {"password": SECRETS["password"]}},
            "innocent": SECRETS["token"],
            "database": SECRETS["login"],
            "pem": SECRETS["private"],
            "author": SECRETS["address"],
            "data_dir": SECRETS["home"],
            "out": SECRETS["windows"],
            "max_tokens": 4096,
            "tokenizer": "bpe",
        },
        command=["python", f"{SECRETS['home']}/train.py", SECRETS["argument"], f"--key={SECRETS['key']}"],
        error=f'Traceback:\n  File "{SECRETS["home"]}/train.py", line 1\nValueError: {SECRETS["login"]}',
        environment={
            "python": "3.12.1",
            "host": SECRETS["host"],
            "hostname": SECRETS["host"],
            "user": SECRETS["user"],
            "working_directory": SECRETS["home"],
            "variables": {"PLAIN": SECRETS["variable"], "AWS_SECRET_ACCESS_KEY": SECRETS["password"]},
        },
        git={"commit": "0" * 40, "branch": "main", "dirty": True, "diff": "artifacts/git.diff"},
        data=[{"name": "train", "uri": f"file://{SECRETS['home']}/train.csv"}],
        artifacts={"git.diff": f"+{SECRETS['change']}\n".encode()},
        events=[
            {"event": "artifact", "name": "git.diff", "path": "artifacts/git.diff", "kind": "diff"},
            {"event": "artifact", "name": "model", "uri": f"file://{SECRETS['home']}/model.bin"},
        ],
        status="failed",
    )


def _write_markup(folder: Path) -> None:
    """Markup wherever a text may stand."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>{MARKUP}</script></svg>'
    files = {
        "page.html": f"<script>parent.alert(1)</script>{MARKUP}".encode(),
        "picture.svg": svg.encode(),
        "table.csv": f'{MARKUP},b\n"=cmd()",2\n'.encode(),
        "text.txt": MARKUP.encode(),
        "figure.json": json.dumps(
            {"data": [{"name": MARKUP, "y": [1, float("nan")]}], "layout": {"title": MARKUP}}
        ).encode(),
        "not-a-picture.png": MARKUP.encode(),
        f"{'x' * 100}<b>.txt": b"name",
    }
    media = {"page.html": "text/html", "picture.svg": "image/svg+xml", "table.csv": "text/csv", "text.txt": "text/plain",
             "figure.json": "application/json", "not-a-picture.png": "image/png"}  # fmt: skip
    events: list[dict[str, object]] = [
        {
            "event": "artifact",
            "name": f"{name} {MARKUP}",
            "path": f"artifacts/{name}",
            "kind": "figure" if name == "figure.json" else "file",
            "media_type": media.get(name, MARKUP),
        }
        for name in files
    ]
    events += [
        {"event": "artifact", "name": "script", "uri": "javascript:alert(1)"},
        {"event": "artifact", "name": "data", "uri": f"data:text/html,{MARKUP}"},
        {"event": "alert", "title": MARKUP, "text": MARKUP, "level": MARKUP},
        {
            "event": "note",
            "text": f"{MARKUP} [a](javascript:alert(1)) ![b](data:text/html,x) <b onclick=alert(1)>",
        },
    ]
    rows = [
        {
            "step": step,
            "time": float(step),
            MARKUP: step / 3,
            "__proto__": 1.0,
            "constructor": 2.0,
            "a\nb": 3.0,
            "": 4.0,
        }
        for step in range(4)
    ]
    write_run(
        folder / "a",
        rows,
        run_id=f"a{MARKUP}",
        experiment=MARKUP,
        name=MARKUP,
        tags=[MARKUP, "</script>", "-->"],
        group=MARKUP,
        parent=MARKUP,
        parameters={
            MARKUP: MARKUP,
            "__proto__": {"polluted": MARKUP},
            "f": '=HYPERLINK("http://x")',
            "n": None,
        },
        command=[MARKUP],
        error=MARKUP,
        git={"commit": MARKUP, "branch": MARKUP, "dirty": False},
        environment={"python": MARKUP, "platform": MARKUP, "packages": {MARKUP: MARKUP}},
        hardware={"cpu": MARKUP, "gpus": [MARKUP]},
        data=[{"name": MARKUP, "uri": "javascript:alert(1)", "sha256": MARKUP}],
        notes=f'# {MARKUP}\n\n<https://x.example/"onmouseover=alert(1)>\n\n[r]: javascript:alert(1)\n[r]\n\n```{MARKUP}\n{MARKUP}\n```',
        artifacts=files,
        events=events,
    )
    # A second run with other values, so that everything varies, is grouped, compared and drawn.
    for seed in range(3):
        other = [{**row, MARKUP: row[MARKUP] + seed / 10} for row in rows]
        write_run(folder / f"b{seed}", other, run_id=f"b{seed}", experiment=MARKUP, name=f"{MARKUP} {seed}",
                  parameters={MARKUP: f"other {MARKUP}", "seed": seed})  # fmt: skip


def _write_names(folder: Path) -> None:
    """Ids and experiments that want the same file, a reserved one, or one outside the site."""
    ids = ["Run", "run", "RUN", "..", "../../x", "con", "CON.html", "index", "a/b", "a-b", "a\\b", "ä", "a\u0308", "-",
           ".hidden", "x" * 300, "x" * 301, "trailing.", "new\nline", "\U0001f600", "run-12345678"]  # fmt: skip
    for place, run_id in enumerate(ids):
        experiment = ("Exp", "exp", "EXP", "..", "index", "é", "compare")[place % 7]
        write_run(folder / f"{place:02d}", curve_rows(2), run_id=run_id, experiment=experiment)


def _write_broken(folder: Path) -> None:
    draw = random.Random(1)
    folder.mkdir(parents=True)
    for ending in ("json", "jsonl", "csv", "parquet"):
        (folder / f"noise.{ending}").write_bytes(draw.randbytes(5_000))
        (folder / f"empty.{ending}").write_bytes(b"")
        (folder / f"zeros.{ending}").write_bytes(bytes(1_000))
    (folder / "deep.json").write_text("[" * 20_000 + "]" * 20_000)
    (folder / "half.json").write_text('{"loss": [1, 2')
    (folder / "half.parquet").write_bytes(b"PAR1" + draw.randbytes(200) + b"PAR1")
    (folder / "nested.jsonl").write_text('{"a": {"b": {"c": 1}}, "step": 0}\n[1, 2]\n"text"\nnull\n')
    loop = write_run(folder / "loop", curve_rows(3))
    (loop / "artifacts").mkdir()
    (loop / "artifacts" / "around").symlink_to(loop)
    (folder / "ring").symlink_to(folder)
    (folder / "self.jsonl").symlink_to(folder / "self.jsonl")
    (folder / "gone.jsonl").symlink_to(folder / "not there")
    leak = write_run(
        folder / "leak", curve_rows(3), events=[{"event": "artifact", "name": "x", "path": "artifacts/out"}]
    )
    (leak / "artifacts").mkdir()
    (leak / "artifacts" / "out").symlink_to("/etc/passwd")
    (write_run(folder / "metrics-is-a-folder") / METRICS_JSONL).unlink()
    (folder / "metrics-is-a-folder" / METRICS_JSONL).mkdir()
    (write_run(folder / "record-is-a-list") / "run.json").write_text("[]")
    (write_run(folder / "record-is-empty", curve_rows(2)) / "run.json").write_bytes(b"")
    (write_run(folder / "events-are-noise", curve_rows(2)) / "events.jsonl").write_bytes(draw.randbytes(999))
    (write_run(folder / "notes-are-noise", curve_rows(2)) / "notes.md").write_bytes(draw.randbytes(999))
    lone = '{"step": 1, "\\ud800": 2, "loss": 1}\n{"step": 99999999999999999999, "loss": -0.0}\n{"step": 2.5, "loss": 1e-320}\n'
    (write_run(folder / "odd-numbers") / METRICS_JSONL).write_text(lone)


def _write_no_runs(folder: Path) -> None:
    """Files that are no runs and are nobody's fault."""
    folder.mkdir(parents=True)
    (folder / "package.json").write_text('{"name": "x", "scripts": {"build": "y"}}')
    (folder / "people.csv").write_text("name,city\nAnn,Oslo\nBob,Rome\n")
    (folder / "README.md").write_text(MARKUP)
    (folder / "list.json").write_text('["a", "b"]')
    (folder / "words.jsonl").write_text('{"text": "hello"}\n{"text": "world"}\n')
