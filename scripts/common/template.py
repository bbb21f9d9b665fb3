"""Reads CloudFormation templates."""

import copy
import functools
from pathlib import Path
from typing import Any

import yaml

from functions.languages import AUTO
from scripts.common.config import ROOT

try:  # libyaml's loader is eight times as fast
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

TEMPLATE = ROOT / "template.yaml"


class _TemplateLoader(SafeLoader):
    """Reads CloudFormation's short forms (`!Ref x`, `!Sub x`, `!GetAtt a.b`) as their long forms."""


def _short_form(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_TemplateLoader.add_multi_constructor("!", _short_form)


def load_template(path: Path = TEMPLATE) -> dict[str, Any]:
    """A CloudFormation template, by default the checkout's, with every intrinsic function in its long form."""
    return copy.deepcopy(_parse(path.read_text(encoding="utf-8")))


@functools.lru_cache(maxsize=4)  # parsing takes ten times as long as copying, and commands load it many times
def _parse(text: str) -> dict[str, Any]:
    template: dict[str, Any] = yaml.load(text, Loader=_TemplateLoader)  # noqa: S506 - safe
    return template


def load_defaults() -> dict[str, str]:
    """The template's parameters with their defaults."""
    return {name: str(parameter["Default"]) for name, parameter in load_template()["Parameters"].items()}


def gate_code(template: dict[str, Any], language: str = AUTO) -> str:
    """The code of the template's CloudFront function, as CloudFormation fills it in."""
    code: str = template["Resources"]["Router"]["Properties"]["FunctionCode"]["Fn::Sub"]
    return code.replace("${Language}", language)
