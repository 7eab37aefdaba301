"""The story of ../mlflow_files, told to a database."""

from __future__ import annotations

import os
import runpy
import sqlite3
import sys
from pathlib import Path

if __name__ == "__main__":
    own = Path(__file__).resolve()
    place = Path(sys.argv[1]).resolve()
    os.chdir(place)
    story = runpy.run_path(str(own.parents[1] / "mlflow_files" / "story.py"))
    story["main"](str(own), f"sqlite:///{place}/mlflow.db", *sys.argv[2:])
    with sqlite3.connect("mlflow.db", isolation_level=None) as database:
        database.execute("PRAGMA page_size = 512")
        database.execute("VACUUM")
