"""`runfolio.toml`, or `[tool.runfolio]` in pyproject.toml, as values. Each floor defines the options it obeys."""

from __future__ import annotations

from runfolio.config.load import CONFIG_FILE, PYPROJECT, Config, built_at, load_config

__all__ = ["CONFIG_FILE", "PYPROJECT", "Config", "built_at", "load_config"]
