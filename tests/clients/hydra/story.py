"""A sweep of Hydra over a script that writes a plain log beside Hydra's settings; the last job fails half way."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPT = """
import json
from pathlib import Path
import hydra

@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(config):
    out = Path(hydra.core.hydra_config.HydraConfig.get().runtime.output_dir)
    with (out / "metrics.jsonl").open("w") as log:
        for step in range(4):
            if step == 2 and config.model.width == 0:
                raise SystemExit(1)
            print(json.dumps({"step": step, "loss": config.lr / (step + 1)}), file=log, flush=True)

main()
"""
SETTINGS = "lr: 0.1\nmodel:\n  width: 8\n  kind: mlp\n"


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "conf").mkdir()
        (Path(place) / "conf" / "config.yaml").write_text(SETTINGS)
        (Path(place) / "train.py").write_text(SCRIPT)
        words = ["--multirun", "lr=0.1,0.01", "model.width=8,0", "hydra.sweep.dir=sweep"]
        subprocess.run([sys.executable, "train.py", *words], cwd=place, check=False, capture_output=True)
        for job in sorted((Path(place) / "sweep").glob("[0-9]*")):
            target = folder / "sweep" / job.name
            target.mkdir(parents=True)
            shutil.copy(job / "metrics.jsonl", target)
            # hydra.yaml holds places of this machine, and no reader asks for it.
            (target / ".hydra").mkdir()
            for name in ("config.yaml", "overrides.yaml"):
                shutil.copy(job / ".hydra" / name, target / ".hydra")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
