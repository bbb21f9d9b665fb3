import pytest

from scripts.deployment.cloudformation import read_outputs, with_literal_names

NAMED = {"Fn::Sub": "${AWS::StackName}-pics-${AWS::AccountId}-${AWS::Region}"}


def test_only_names_of_retained_resources_are_written_out() -> None:
    other = {"Fn::Sub": "arn:${AWS::Partition}:x"}
    template = {
        "Resources": {
            "Kept": {
                "DeletionPolicy": "RetainExceptOnCreate",
                "Properties": {"BucketName": NAMED, "Other": other, "N": 1},
            },
            "Gone": {"Properties": {"BucketName": NAMED}},
        },
        "Outputs": {"Name": NAMED},
    }
    filled = with_literal_names(template, "album", "123456789012", "eu-west-1")
    kept = filled["Resources"]["Kept"]["Properties"]
    assert kept == {"BucketName": "album-pics-123456789012-eu-west-1", "Other": other, "N": 1}
    assert filled["Resources"]["Gone"] == template["Resources"]["Gone"]
    assert filled["Outputs"] == template["Outputs"]
    assert template["Resources"]["Kept"]["Properties"]["BucketName"] == NAMED, "the template given is left as it is"


@pytest.mark.parametrize(
    ("status", "known"),
    [
        ("UPDATE_COMPLETE", True),
        ("UPDATE_ROLLBACK_FAILED", True),
        ("DELETE_FAILED", False),
        ("ROLLBACK_COMPLETE", False),
    ],
)
def test_a_stack_that_was_never_created_has_no_outputs(status: str, known: bool) -> None:
    described = {"StackStatus": status, "Outputs": [{"OutputKey": "Distribution", "OutputValue": "E1"}]}
    assert read_outputs(described) == ({"Distribution": "E1"} if known else {})
    assert read_outputs(None) == {}
