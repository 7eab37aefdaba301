"""Takes the champion's model out of the runs, as a deployment would; stops where its bytes are not those of the digest.

runfolio build
python deploy.py server model.npz
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent


def champion_file(name: str, site: Path, runs: Path) -> bytes:
    """The artifact of the champion of this name."""
    record = json.loads((site / "data" / "models.json").read_text("utf-8"))
    if record["schema"] != 1:
        raise SystemExit(f"models.json has schema {record['schema']}; this script knows 1")
    champion = next((item for item in record["champions"] if item["name"] == name), None)
    if champion is None:
        raise SystemExit(f"there is no champion called {name}")
    if champion["artifact"] is None:
        raise SystemExit(champion["artifact_problem"] or champion["sentence"])
    data = (runs / champion["run"]["source"] / champion["artifact"]["path"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != champion["artifact"]["sha256"]:
        raise SystemExit(f"{champion['artifact']['path']} is not the file that was logged")
    return data


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(champion_file(sys.argv[1], HERE / "site", HERE / "runs"))
