"""Object stores: a process of its own talks to them, and this is how the others ask it. Importing it loads no client."""

from __future__ import annotations

from runfolio.stores.client import Store, store

__all__ = ["Store", "store"]
