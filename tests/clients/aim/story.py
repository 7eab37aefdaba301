"""Two seeds of a model, logged by Aim; only its SQLite database is kept."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from aim import Run


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        for seed in range(2):
            run = Run(
                repo=place,
                experiment="mnist",
                system_tracking_interval=None,
                log_system_params=False,
                capture_terminal_logs=False,
            )
            run["hparams"] = {"lr": 0.1, "seed": seed}
            run.name, run.description = f"mlp-{seed}", "why"
            run.add_tag("a")
            for step in range(20):
                run.track(1 / (step + 1), name="loss", step=step, context={"subset": "train"})
            run.close()
        (folder / ".aim").mkdir()
        for path in Path(place, ".aim").glob("run_metadata.sqlite*"):
            shutil.copy(path, folder / ".aim")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
