"""DynamoDB's expressions, as far as kinpics writes them, compiled once.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

import functools
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

# What a compiled expression gets: an item, and the values and names of the request.
Item = Mapping[str, Any]
Values = Mapping[str, Any]
Names = Mapping[str, str]
Condition = Callable[[Item, Values, Names], bool]

_TOKEN = re.compile(r"\s*(<>|<=|>=|[(),=<>+-]|[#:]?[A-Za-z_][A-Za-z0-9_]*)")
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left is not None and left < right,
    ">": lambda left, right: left is not None and left > right,
    "<=": lambda left, right: left is not None and left <= right,
    ">=": lambda left, right: left is not None and left >= right,
}
_TYPES = {"N": (int, Decimal), "S": (str,), "M": (dict,), "L": (list,), "SS": (set,), "BOOL": (bool,)}


class _Tokens:
    def __init__(self, text: str):
        self._left = _TOKEN.findall(text)
        rest = _TOKEN.sub("", text).strip()
        if rest:
            raise ValueError(f"{text!r}: {rest!r} is not understood")

    @property
    def next(self) -> str:
        return self._left[0] if self._left else ""

    def pop(self, expected: str = "") -> str:
        if expected and self.next != expected:
            raise ValueError(f"expected {expected}, found {self.next}")
        return self._left.pop(0)


@functools.cache
def condition(text: str) -> Condition:
    """Compile a condition."""
    tokens = _Tokens(text)
    found = _any_of(tokens)
    if tokens.next:
        raise ValueError(f"{text!r} goes on with {tokens.next}")
    return found


def _any_of(tokens: _Tokens) -> Condition:
    parts = [_all_of(tokens)]
    while tokens.next == "OR":
        tokens.pop()
        parts.append(_all_of(tokens))
    return parts[0] if len(parts) == 1 else lambda *given: any(part(*given) for part in parts)


def _all_of(tokens: _Tokens) -> Condition:
    parts = [_one(tokens)]
    while tokens.next == "AND":
        tokens.pop()
        parts.append(_one(tokens))
    return parts[0] if len(parts) == 1 else lambda *given: all(part(*given) for part in parts)


def _one(tokens: _Tokens) -> Condition:
    if tokens.next == "NOT":
        tokens.pop()
        inner = _one(tokens)
        return lambda *given: not inner(*given)
    if tokens.next == "(":
        tokens.pop()
        inner = _any_of(tokens)
        tokens.pop(")")
        return inner
    word = tokens.pop()
    if tokens.next == "(":
        return _function(word, tokens)
    comparison = _COMPARISONS[tokens.pop()]
    left, right = _operand(word), _operand(tokens.pop())
    return lambda *given: comparison(left(*given), right(*given))


def _function(name: str, tokens: _Tokens) -> Condition:
    tokens.pop("(")
    word = tokens.pop()
    if name == "attribute_type":
        tokens.pop(",")
        kind = tokens.pop()
        tokens.pop(")")
        return lambda item, values, names: isinstance(item.get(_name(word, names)), _TYPES[values[kind]])
    tokens.pop(")")
    is_there = {"attribute_exists": True, "attribute_not_exists": False}[name]
    return lambda item, values, names: (_name(word, names) in item) == is_there


def _name(word: str, names: Names) -> str:
    return names[word] if word.startswith("#") else word


def _operand(word: str) -> Callable[[Item, Values, Names], Any]:
    if word.startswith(":"):
        return lambda item, values, names: values[word]
    return lambda item, values, names: item.get(_name(word, names))


def update(text: str, item: dict[str, Any], values: Values, names: Names) -> None:
    """Change an item as an update expression says."""
    for action, word, rest in _changes(text):
        name = _name(word, names)
        if action == "REMOVE":
            item.pop(name, None)
        elif action == "SET":
            value, is_default = rest
            if not (is_default and name in item):
                item[name] = values[value]
        elif action == "ADD":
            value = values[rest[0]]
            item[name] = item.get(name, set()) | value if isinstance(value, set) else item.get(name, 0) + value
        else:
            item[name] = item.get(name, set()) - values[rest[0]]
            if not item[name]:
                del item[name]


@functools.cache
def _changes(text: str) -> list[tuple[str, str, tuple[str, bool]]]:
    """Each change: action, attribute, and value with whether it is only for an attribute that is missing."""
    tokens = _Tokens(text)
    action, found = "", []
    while tokens.next:
        if tokens.next in ("SET", "ADD", "REMOVE", "DELETE"):
            action = tokens.pop()
        word = tokens.pop()
        if action == "REMOVE":
            found.append((action, word, ("", False)))
        elif action == "SET":
            tokens.pop("=")
            value, is_default = tokens.pop(), False
            if value == "if_not_exists":
                tokens.pop("(")
                tokens.pop(word)
                tokens.pop(",")
                value, is_default = tokens.pop(), True
                tokens.pop(")")
            found.append((action, word, (value, is_default)))
        else:
            found.append((action, word, (tokens.pop(), False)))
        if tokens.next == ",":
            tokens.pop()
    return found
