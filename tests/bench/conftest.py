"""The benchmarks stand on the path for their tests, as they do when they are run."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "beside" / "programs")]
