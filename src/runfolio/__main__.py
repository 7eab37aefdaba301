"""`python -m runfolio` is `runfolio`."""

from __future__ import annotations

from runfolio.cli import main

if __name__ == "__main__":
    main()
