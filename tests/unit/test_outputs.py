"""The stack's outputs, as template.yaml has them."""

from dataclasses import MISSING, fields
from typing import Any

import pytest

from scripts.common.outputs import StackOutputs
from scripts.common.template import load_template

OUTPUTS = load_template()["Outputs"]
ON_LAPTOPS = {key for key, output in OUTPUTS.items() if "Condition" not in output}


def listed(keys: set[str]) -> list[Any]:
    return [{"OutputKey": key, "OutputValue": f"the {key}"} for key in keys]


def test_every_output_of_the_template_is_a_field() -> None:
    found = StackOutputs.read(listed(set(OUTPUTS)))
    assert found.by_key() == {key: f"the {key}" for key in OUTPUTS}
    assert found.pics_by_image_id_table == "the PicsByImageIdTable"


def test_only_outputs_with_a_condition_are_optional() -> None:
    found = StackOutputs.read(listed(ON_LAPTOPS))
    assert found.by_key().keys() == ON_LAPTOPS
    optional = {field.name for field in fields(StackOutputs) if field.default is not MISSING}
    assert all(getattr(found, name) is None for name in optional)
    assert len(optional) == len(OUTPUTS) - len(ON_LAPTOPS)


@pytest.mark.parametrize("missing", sorted(ON_LAPTOPS))
def test_a_stack_without_a_required_output_is_refused(missing: str) -> None:
    with pytest.raises(KeyError, match=missing):
        StackOutputs.read(listed(ON_LAPTOPS - {missing}))
