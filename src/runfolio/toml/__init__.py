"""TOML that people write, read key by key: every fault is gathered, with its line, before anything is said."""
