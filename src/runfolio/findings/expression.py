"""Live values in prose, `{{ best("val/acc") }}`: one call of a known function with constant arguments, and nothing else.

Jinja's sandbox parses the text; nothing of it is ever run. What is not one call of one of the functions with constants is
refused when the file is read: there is no attribute, no index, no filter, no loop, no arithmetic, no other name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import TypeVar

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from runfolio.errors import nearest

T = TypeVar("T")
_ENVIRONMENT = SandboxedEnvironment()
LONGEST = 500


class ExpressionError(ValueError):
    """The text is no live value; the message says what it may be."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function by its name, with constant arguments."""

    function: str
    arguments: tuple[object, ...]
    named: tuple[tuple[str, object], ...]


def parse_call(text: str, functions: Iterable[str]) -> Call:
    """The one call that the text is.

    Raises:
        ExpressionError: it is anything else, or calls a function that there is not.
    """
    source = text.strip()
    if not source:
        raise ExpressionError("there is nothing between {{ and }}")
    if len(source) > LONGEST:
        raise ExpressionError(f"a live value is at most {LONGEST} characters long")
    node = _call_node(source)
    known = list(functions)
    if not isinstance(node.node, nodes.Name):
        raise ExpressionError("only a function may be called")
    name = node.node.name
    if name not in known:
        message = f"there is no function `{name}`{nearest(name, known)}"
        raise ExpressionError(f"{message}; functions: {', '.join(known)}")
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise ExpressionError("arguments are written out, without * or **")
    return Call(
        name,
        tuple(_constant(item) for item in node.args),
        tuple((item.key, _constant(item.value)) for item in node.kwargs),
    )


def _call_node(source: str) -> nodes.Call:
    form = 'a live value is one call, such as best("val/acc") or count("lr < 0.1")'
    try:
        tree = _ENVIRONMENT.parse(f"{{{{ {source} }}}}")
    except TemplateSyntaxError as error:
        raise ExpressionError(f"`{source}` cannot be read: {error.message}; {form}") from error
    except RecursionError as error:
        raise ExpressionError(form) from error
    match tree.body:
        case [nodes.Output(nodes=[nodes.Call() as call])]:
            return call
    raise ExpressionError(f"`{source}` is not allowed here: {form}")


def _constant(node: nodes.Expr) -> object:
    match node:
        case nodes.Const(value=str() | bool() | int() | float() | None as value):
            return value
        case nodes.Neg(node=nodes.Const(value=int() | float() as number)):
            return -number
        case nodes.Name(name=name):
            raise ExpressionError(f"`{name}` is no value; write texts in quotes")
    raise ExpressionError("arguments are texts in quotes, numbers, true or false")


def evaluate(call: Call, functions: Mapping[str, Callable[..., T]]) -> T:
    """What the function gives. ExpressionError where it does not take these arguments; its own errors pass."""
    function = functions[call.function]
    taken = signature(function)
    try:
        taken.bind(*call.arguments, **dict(call.named))
    except TypeError as error:
        asked = ", ".join(str(item).partition(":")[0] for item in taken.parameters.values())
        raise ExpressionError(f"`{call.function}` takes ({asked}): {error}") from error
    return function(*call.arguments, **dict(call.named))
