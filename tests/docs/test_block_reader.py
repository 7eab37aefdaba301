"""The checks of the docs are not blind: what they read out of a page is what stands in it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from blocks import blocks_of, commands_of

PAGE = """\
# Page

```python
x = 1
```

1. A list

   ```console
   $ runfolio list \\
       --json
   [1, 2]
   $ runfolio check
   ```

<!-- not run: needs a server -->
```console
$ rsync a b
```

````markdown
```python
inner
```
````
"""


def test_blocks_commands_and_exceptions(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    found = blocks_of(page)
    assert [block.language for block in found] == ["python", "console", "markdown"]
    assert (found[0].text, found[0].line) == ("x = 1\n", 3)
    assert commands_of(found[1]) == ["runfolio list --json", "runfolio check"]
