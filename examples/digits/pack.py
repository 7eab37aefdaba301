"""Makes the runs ready to be committed, and packs the archive that `runfolio demo` unpacks.

    python pack.py

Seals every run, leaves out of its record what says more about the machine than about the run, and writes
src/runfolio/site/scaffold/digits.zip with the same bytes for the same files.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from runfolio.catalog.seal import seal_run

HERE = Path(__file__).parent
ARCHIVE = HERE.parents[1] / "src" / "runfolio" / "site" / "scaffold" / "digits.zip"
#: The packages the script uses; whatever else was installed had no part in the runs.
PACKAGES = ("joblib", "matplotlib", "numpy", "runfolio", "scikit-learn", "scipy", "threadpoolctl")


def run_folders() -> list[Path]:
    """The folders of all runs, sorted."""
    return sorted(path.parent for path in (HERE / "runs").glob("*/*/run.json"))


def tidy(record: Path) -> None:
    """Take the machine's name, its kernel and unrelated packages out of a run's record."""
    fields = json.loads(record.read_text(encoding="utf-8"))
    environment = fields["environment"]
    environment.pop("host", None)
    environment["platform"] = (
        "Linux-x86_64" if environment["platform"].startswith("Linux") else environment["platform"]
    )
    environment["packages"] = {
        name: version for name, version in environment["packages"].items() if name in PACKAGES
    }
    text = json.dumps(fields, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if text != record.read_text(encoding="utf-8"):
        record.write_text(text, encoding="utf-8")


def packed_files() -> dict[str, bytes]:
    """Path in the archive → bytes: the configuration, the script and the runs, in order."""
    paths = [
        HERE / "runfolio.toml",
        HERE / "train.py",
        *(path for path in (HERE / "runs").rglob("*") if path.is_file()),
    ]
    return {path.relative_to(HERE).as_posix(): path.read_bytes() for path in sorted(paths)}


def pack(archive: Path) -> None:
    """Write the archive: sorted names, one fixed date, plain permissions."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w") as zipped:
        for name, content in packed_files().items():
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.external_attr = 0o644 << 16
            zipped.writestr(member, content, zipfile.ZIP_DEFLATED, compresslevel=9)


def main() -> None:
    """Seal, tidy, pack."""
    for folder in run_folders():
        if any(folder.glob("metrics*.jsonl")):
            seal_run(folder)
        tidy(folder / "run.json")
    pack(ARCHIVE)
    print(f"{len(run_folders())} runs, {ARCHIVE.stat().st_size / 1e6:.2f} MB in {ARCHIVE.name}")


if __name__ == "__main__":
    main()
