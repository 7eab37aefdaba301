"""What a dvc.yaml says once its variables are filled in: metrics, plots and files of parameters, of all of its stages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any, Final

PARAMETERS: Final = "params.yaml"
#: A stage is not made more often than that.
_MOST = 10_000
_VARIABLE = re.compile(r"(?<!\\)\$\{\s*([^{}]+?)\s*\}")

Load = Callable[[str], Mapping[str, Any]]
"""Gives what a file says; nothing where it is not there."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A file or folder to plot; where nothing is said of a column, its name is empty."""

    path: str
    x: str = ""
    y: tuple[str, ...] = ()
    template: str = ""


@dataclass(slots=True)
class Pipeline:
    """What the stages leave behind, paths relative to the file's folder, each once."""

    metrics: dict[str, None] = field(default_factory=dict)
    plots: dict[str, list[Plot]] = field(default_factory=dict)
    """By file or folder: one file may be plotted several times."""
    parameters: dict[str, None] = field(default_factory=dict)

    def add(self, said: Mapping[str, Any], folder: str = "") -> None:
        """Take metrics, plots and parameters of a stage, or of the file itself."""
        for path, _ in _items(said.get("metrics")):
            self.metrics[_join(folder, path)] = None
        for path, words in _items(said.get("plots")):
            for plot in _plots(path, words):
                found = Plot(_join(folder, plot.path), plot.x, plot.y, plot.template)
                known = self.plots.setdefault(found.path, [])
                known += [found] if found not in known else []
        for path, words in _items(said.get("params")):
            if isinstance(words, list) or posixpath.splitext(path)[1] in (".yaml", ".yml", ".json", ".toml"):
                self.parameters[_join(folder, path)] = None


def pipeline(said: Mapping[str, Any], load: Load) -> Pipeline:
    """What a dvc.yaml says, with `${…}` of its variables, of `foreach` and of `matrix` filled in.

    A path with a variable that has no value is left out.
    """
    variables = _with_variables(dict(load(PARAMETERS)), said.get("vars"), load)
    found = Pipeline()
    for stage in _mapping(said.get("stages")).values():
        for own in _expanded(_mapping(stage), variables, load):
            folder = own.get("wdir")
            found.add(own, folder if isinstance(folder, str) else "")
    found.add(_mapping(_filled({name: said.get(name) for name in ("metrics", "plots")}, variables)))
    return found


def _expanded(
    stage: Mapping[str, Any], variables: Mapping[str, Any], load: Load
) -> Iterator[Mapping[str, Any]]:
    """The stage with its variables filled in, several times where it says `foreach` or `matrix`."""
    own = _with_variables(dict(variables), stage.get("vars"), load)
    each, matrix = _filled(stage.get("foreach"), own), _filled(stage.get("matrix"), own)
    if isinstance(each, Mapping):
        for key, item in islice(each.items(), _MOST):
            yield _mapping(_filled(stage.get("do"), {**own, "key": key, "item": item}))
    elif isinstance(each, list):
        for place, item in enumerate(each[:_MOST]):
            yield _mapping(_filled(stage.get("do"), {**own, "key": place, "item": item}))
    elif isinstance(matrix, Mapping) and all(isinstance(axis, list) for axis in matrix.values()):
        for values in islice(product(*matrix.values()), _MOST):
            yield _mapping(_filled(stage, {**own, "item": dict(zip(matrix, values, strict=True))}))
    else:
        yield _mapping(_filled(stage, own))


def _with_variables(known: dict[str, Any], said: object, load: Load) -> dict[str, Any]:
    """The variables with those of a `vars` entry: objects, files, or files with names of what is taken of them."""
    for item in said if isinstance(said, list) else ():
        if isinstance(item, Mapping):
            known.update(item)
        elif isinstance(item, str):
            path, _, names = item.partition(":")
            values = load(path)
            wanted = names.split(",") if names else list(values)
            known.update({name: values[name] for name in wanted if name in values})
    return known


def _filled(value: Any, variables: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        return {_filled(key, variables): _filled(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, variables) for item in value]
    if not isinstance(value, str) or "${" not in value:
        return value
    if whole := _VARIABLE.fullmatch(value):
        found = _value(whole[1], variables)
        return value if found is None else found

    def text(match: re.Match[str]) -> str:
        found = _value(match[1], variables)
        return match[0] if found is None or isinstance(found, (Mapping, list)) else str(found)

    return _VARIABLE.sub(text, value)


def _value(name: str, variables: Mapping[str, Any]) -> Any:
    """`a.b[0]` of the variables; None where there is no such value."""
    value: Any = variables
    for part in filter(None, re.split(r"[.\[\]]", name)):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def _items(said: object) -> Iterator[tuple[str, Any]]:
    """Names with what is said of each: of a list of names or objects, or of an object."""
    for item in said if isinstance(said, list) else [said]:
        if isinstance(item, str):
            pairs: Sequence[tuple[Any, Any]] = [(item, None)]
        else:
            pairs = list(item.items()) if isinstance(item, Mapping) else []
        yield from ((name, words) for name, words in pairs if isinstance(name, str) and "${" not in name)


def _plots(name: str, said: object) -> Iterator[Plot]:
    """The files that one entry plots: the one it is called after, or those that it names."""
    words = _mapping(said)
    template = words.get("template")
    kind = template if isinstance(template, str) else ""
    x, y = words.get("x"), words.get("y")
    if isinstance(y, Mapping):
        for path, columns in y.items():
            own = x.get(path) if isinstance(x, Mapping) else x
            yield Plot(str(path), own if isinstance(own, str) else "", _columns(columns), kind)
    else:
        own = next(iter(x.values()), None) if isinstance(x, Mapping) else x
        yield Plot(name, own if isinstance(own, str) else "", _columns(y), kind)


def _columns(said: object) -> tuple[str, ...]:
    names = said if isinstance(said, list) else [said]
    return tuple(name for name in names if isinstance(name, str))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _join(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))
