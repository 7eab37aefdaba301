"""Short, unique names for groups, such as `tinyformer, lr 1e-3`, and stable ids made from them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from runfolio.analysis.rounding import MINUS, parameter_text, uses_scientific
from runfolio.model import ParameterValue

Key = tuple[tuple[str, ParameterValue], ...]
_LONGEST_VALUE = 32
_LONGEST_ID = 60


def labels_of(
    keys: Sequence[Key],
    varying: Sequence[str],
    all_names: Sequence[str],
    bare_names: Sequence[tuple[str, str]],
) -> list[str]:
    """One label a key, all different. Texts stand alone, numbers and switches carry the parameter's name.

    Texts come first; a parameter that tells nothing the others have not told is left out, and so is one that a group
    does not have. A group without a key is called by its bare name (name, identity), or by what it lacks.
    """
    settings = [dict(key) for key in keys]
    columns = {n: [s[n] for s in settings if n in s] for n in varying}
    writers = {n: _Writer(n, columns, all_names) for n in varying}
    told = _telling(settings, sorted(varying, key=lambda n: not writers[n].stands_alone))
    lacking = f"without {', '.join(writers[n].name for n in told)}" if told else "all runs"
    labels = [
        ", ".join(writers[n].text(s[n]) for n in told if n in s) or name or lacking
        for s, (name, _) in zip(settings, bare_names, strict=True)
    ]
    counts = Counter(labels)
    return [
        label if counts[label] == 1 else f"{label} ({_digest(key, identity)})"
        for label, key, (_, identity) in zip(labels, keys, bare_names, strict=True)
    ]


def group_ids(labels: Sequence[str], keys: Sequence[Key]) -> list[str]:
    """One id a label: lower case ASCII, digits, `.` and `-`; a digest of the key only where it is needed."""
    slugs = [_slug(label) for label in labels]
    counts = Counter(slugs)
    return [
        slug if slug and counts[slug] == 1 and len(slug) <= _LONGEST_ID else _with_digest(slug, label, key)
        for slug, label, key in zip(slugs, labels, keys, strict=True)
    ]


class _Writer:
    """How the values of one parameter are written in a label."""

    def __init__(
        self, name: str, columns: Mapping[str, Sequence[ParameterValue]], all_names: Sequence[str]
    ) -> None:
        column = columns[name]
        last = name.rpartition(".")[2]
        is_unique = sum(other.rpartition(".")[2] == last for other in all_names) == 1
        self.name = last if is_unique else name
        self.scientific = uses_scientific(column)
        others = {v.text for n, values in columns.items() if n != name for v in values}
        self.stands_alone = all(_is_word(v) for v in column) and not others & {v.text for v in column}

    def text(self, value: ParameterValue) -> str:
        text = _shortened(parameter_text(value, self.scientific))
        return text if self.stands_alone else f"{self.name} {text}"


def _is_word(value: ParameterValue) -> bool:
    """True for a text that means something without its parameter's name."""
    if not isinstance(value.value, str) or not value.value.strip():
        return False
    try:
        float(value.value)
    except ValueError:
        return value.value.lower() not in ("true", "false", "yes", "no", "on", "off", "none", "null")
    return False


def _telling(settings: Sequence[Mapping[str, ParameterValue]], names: Sequence[str]) -> list[str]:
    """The names, in order, that each split groups the earlier ones left together."""
    told: list[str] = []
    parts = [0] * len(settings)
    apart = 1
    for name in names:
        found: dict[tuple[int, str | None], int] = {}
        texts = [s[name].text if name in s else None for s in settings]
        split = [found.setdefault(both, len(found)) for both in zip(parts, texts, strict=True)]
        if len(found) > apart:
            told, parts, apart = [*told, name], split, len(found)
    return told


def _shortened(text: str) -> str:
    """Long values are cut in the middle: their ends tell them apart."""
    text = " ".join(text.split())
    if len(text) <= _LONGEST_VALUE:
        return text or '""'
    half = (_LONGEST_VALUE - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _slug(label: str) -> str:
    text = re.sub(rf"{MINUS}(?=[\d∞])", "minus ", label).lower()
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.")


def _with_digest(slug: str, label: str, key: Key) -> str:
    return f"{slug[:_LONGEST_ID]}-{_digest(key, label)}".strip("-.")


def _digest(key: Key, name: str) -> str:
    content = "\x1f".join([f"{n}\x1e{v.text}" for n, v in key] or [name])
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:6]
