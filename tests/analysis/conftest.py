from __future__ import annotations

import sys
from pathlib import Path

# Tests are imported by path, so what they share has to be found by name.
sys.path.insert(0, str(Path(__file__).parent))
