"""YAML as other tools write it: plain values only, whatever tags the file uses."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import yaml

from runfolio.errors import ReadError
from runfolio.readers.reader import RunFiles

#: Larger files are no settings; a parser would need minutes for them.
_LARGEST = 5_000_000
#: A few lines of anchors can stand for more values than any memory holds.
_MOST_VALUES = 1_000_000

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Numbers such as 1e-3 are numbers, dates stay texts, and tags (`!!python/tuple`) are passed over: nothing is made of them."""


# YAML 1.1 wants a dot in a float and a sign in its exponent; nobody who logs a learning rate does.
_FLOAT = re.compile(
    r"[-+]?(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*|\d[\d_]*)(?:[eE][-+]?\d+)|[-+]?(?:\d[\d_]*\.\d*|\.\d+)$"
)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(f"(?:{_FLOAT.pattern})$"), list("-+0123456789.")
)


def _plain(loader: Any, _: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return {str(key): value for key, value in loader.construct_pairs(node, deep=True)}
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


def _binary(_: Any, node: yaml.Node) -> str:
    """Bytes, such as those of a pickled tensor, say nothing to a reader; by their digest they are told apart."""
    return f"binary {hashlib.sha256(str(node.value).encode()).hexdigest()[:8]}"


_Loader.add_multi_constructor("", _plain)
_Loader.add_constructor("tag:yaml.org,2002:binary", _binary)
for _tag in ("set", "omap", "pairs", "timestamp"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", lambda loader, node: _plain(loader, "", node))


def parse_yaml(body: bytes, place: str) -> object:
    """What the bytes say, in dicts, lists, texts, numbers, booleans and None.

    Raises:
        ReadError: they are no YAML, or too large to be settings; `place` names the file.
    """
    hint = "mend or remove the file"
    if len(body) > _LARGEST:
        message = f"the file has {len(body):,} bytes, more than settings have"
        raise ReadError(message, slug="broken-yaml", path=place, hint=hint)
    try:
        value = yaml.load(body.decode("utf-8-sig", "replace"), _Loader)
        if _size(value, {}) > _MOST_VALUES:
            raise ValueError
        return value
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{place}:{mark.line + 1}" if mark is not None else place
        raise ReadError("the file is no valid YAML", slug="broken-yaml", path=where, hint=hint) from error


def _size(value: object, known: dict[int, int]) -> int:
    """Values in the value, those that anchors repeat as often as they do."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        known[id(value)] = _MOST_VALUES + 1  # while it is counted: what holds itself has no end
        items = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_size(item, known) for item in items)
    return known[id(value)]


def read_yaml(files: RunFiles, path: str) -> object:
    """The file's content as `parse_yaml` gives it."""
    return parse_yaml(files.read(path), files.place(path))
