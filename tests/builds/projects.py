"""A small project with something of everything a site can show."""

from __future__ import annotations

from pathlib import Path

from runfolio.testing.factories import curve_rows, write_run

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
CONFIGURATION = """
title = "Zwölf Läufe"

[metrics."val/acc"]
unit = "%"
scale = 100
goal = "maximize"
"""


def write_project(folder: Path, *, reverse: bool = False) -> Path:
    """The folder, with runfolio.toml and twelve runs of two experiments; written in another order if `reverse`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "runfolio.toml").write_text(CONFIGURATION, encoding="utf-8")
    numbers = list(range(12))
    for number in reversed(numbers) if reverse else numbers:
        _write(folder / "runs", number)
    flat = folder / "runs" / "flat" / "old.csv"
    flat.parent.mkdir(exist_ok=True)
    flat.write_text("step,loss\n0,1.5\n1,1.25\n2,nan\n")
    return folder


def _write(root: Path, number: int) -> None:
    setting, seed = divmod(number, 3)
    experiment = "täst" if number >= 9 else "digits"
    rows = curve_rows(30, ("loss", "val/acc", "b", "a"), seed=number)
    if number == 8:
        rows[20]["loss"] = float("nan")
    write_run(
        root / experiment / f"r{number:02d}",
        rows,
        experiment=experiment,
        run_id=f"r{number:02d}",
        name=f"läuft {number}",
        started_at=f"2026-11-{1 + number % 2:02d}T03:{number:02d}:00Z",
        ended_at=f"2026-11-02T10:{number:02d}:00+05:45",
        status="failed" if number == 5 else "finished",
        error="Traceback:\nValueError: no" if number == 5 else None,
        parameters={"model": ("tree", "linear", "mlp", "net")[setting], "lr": 10.0**-setting, "seed": seed},
        tags=["zeta", "alpha", "mu"][: setting + 1],
        notes="## Note\n\nÄ *text* with a [link](../../runs/r00.html)." if number == 1 else "",
        events=[{"event": "artifact", "name": "pixel", "path": "artifacts/p.png", "kind": "image"}],
        artifacts={"p.png": PIXEL, "t.csv": b"a,b\n1,2\n"},
        environment={"python": "3.12.1", "packages": {"zlib": "1", "abc": "2"}, "platform": "Linux"},
    )
