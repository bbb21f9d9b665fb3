"""Replaces and checks ministack's insides: where a name or a signature has changed, the stack does not start.

ministack promises nothing about its private names. So each replacement says what it was written for, and so does the
list of what is only used (`insides`). A signature is written without types: ``(table, pk_val, sk_val, item=None)``.
"""

import functools
import importlib.metadata
import inspect
from collections.abc import Callable
from typing import Any

from functions.errors import KinpicsError

# What this package was written for; pyproject.toml pins it.
VERSION = "1.5.33"


class ChangedError(KinpicsError):
    """ministack is not what this package was written for; the message says what differs and what to install."""


def replace(owner: Any, name: str, new: Callable[..., Any], signature: str) -> Callable[..., Any]:
    """Replace a function with ``new``, and return the old one. Raises ``ChangedError``.

    ``owner`` is a module, a class or a table (dict) of ministack's. ``new`` takes on the signature, so that it can be
    replaced in turn.
    """
    original = _found(owner, name, signature)
    new = functools.partial(new) if inspect.ismethod(new) else new  # a method can't take on anything
    _put(owner, name, functools.wraps(original)(new))
    return original  # type: ignore[no-any-return] # it has a signature


def replace_value(owner: Any, name: str, new: Any, kind: str) -> None:
    """Replace a value of type ``kind`` with ``new``. Raises ``ChangedError``."""
    _found(owner, name, kind)
    _put(owner, name, new)


def replace_text(owner: Any, name: str, old: str, new: str) -> None:
    """Replace ``old``, which a text has exactly once, with ``new``. Raises ``ChangedError``."""
    text = _found(owner, name, "str")
    if text.count(old) != 1:
        raise _changed(owner, name, f"holds {old.strip()!r} {text.count(old)} times", "once")
    _put(owner, name, text.replace(old, new))


def add(owner: Any, name: str, key: str, value: Any) -> None:
    """Add an entry to a table that has none of this key. Raises ``ChangedError``."""
    table = _found(owner, name, "dict")
    if key in table:
        raise _changed(owner, name, f"has an entry {key} of its own", "none")
    table[key] = value


def check(owner: Any, names: dict[str, str]) -> None:
    """Check an owner's names, each with its signature or the type of its value. Raises ``ChangedError``."""
    for name, expected in names.items():
        _found(owner, name, expected)


def _found(owner: Any, name: str, expected: str) -> Any:
    """A function or value by its name, of this signature or type."""
    try:
        value = owner[name] if isinstance(owner, dict) else getattr(owner, name)
    except (KeyError, AttributeError):
        raise _changed(owner, name, "is not there", expected) from None
    if (actual := _described(value)) != expected:
        raise _changed(owner, name, f"is {actual}", expected)
    return value


def _put(owner: Any, name: str, value: Any) -> None:
    if isinstance(owner, dict):
        owner[name] = value
    else:
        setattr(owner, name, value)


def _described(value: Any) -> str:
    """The signature of a function, without types, or else the name of a value's type."""
    if inspect.isclass(value) or not callable(value):
        return type(value).__name__
    signature = inspect.signature(value)
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


def _changed(owner: Any, name: str, actual: str, expected: str) -> ChangedError:
    place = f"{owner.__name__}.{name}" if hasattr(owner, "__name__") else name
    installed = importlib.metadata.version("ministack")
    return ChangedError(
        f"the laptop stack needs ministack {VERSION}, and {installed} differs from it: {place} {actual}, expected "
        f"{expected}; install ministack=={VERSION}"
    )
