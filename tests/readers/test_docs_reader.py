"""The reader of docs/writing-readers.md keeps the contract it tells others to keep."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "writing-readers.md"

_names: dict[str, Any] = {"__name__": __name__}
for _code in re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.M | re.S):
    exec(compile(_code, str(PAGE), "exec"), _names)

TestKeyValue = _names["TestKeyValue"]
