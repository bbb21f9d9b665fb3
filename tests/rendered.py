"""The template and its policies as CloudFormation would fill them in, for checks that know nothing of intrinsics."""

import functools
import json
import re
from pathlib import Path
from typing import Any

from scripts.common.template import load_template

ROOT = Path(__file__).parents[1]
_PSEUDO = {
    "Partition": "aws",
    "Region": "eu-west-1",
    "AccountId": "123456789012",
    "StackName": "album",
    "URLSuffix": "amazonaws.com",
}
_ARNS = {
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:eu-west-1:123456789012:table/{name}",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::SQS::Queue": "arn:aws:sqs:eu-west-1:123456789012:{name}",
    "AWS::Serverless::Function": "arn:aws:lambda:eu-west-1:123456789012:function:{name}",
    "AWS::Logs::LogGroup": "arn:aws:logs:eu-west-1:123456789012:log-group:{name}:*",
    "AWS::CloudFront::KeyValueStore": "arn:aws:cloudfront::123456789012:key-value-store/{name}",
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/{name}",
    "AWS::Cognito::UserPool": "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{name}",
}
# What is referred to by its ARN.
_REFERENCES = {
    "AWS::SNS::Topic": "arn:aws:sns:eu-west-1:123456789012:{name}",
    "AWS::IAM::ManagedPolicy": "arn:aws:iam::123456789012:policy/{name}",
}


def policy(name: str) -> dict:
    """The document of a role, with ARNs in place of references."""
    return _filled(json.loads((ROOT / "policies" / f"{name}.json").read_text()))


def template() -> dict:
    """The template with the policies in it; other references stay."""
    return _included(load_template())


def _included(node: Any) -> Any:
    if isinstance(node, dict):
        include = node.get("Fn::Transform")
        if isinstance(include, dict) and include.get("Name") == "AWS::Include":
            return policy(Path(include["Parameters"]["Location"]).stem)
        return {key: _included(value) for key, value in node.items()}
    return [_included(value) for value in node] if isinstance(node, list) else node


def _filled(node: Any) -> Any:
    if isinstance(node, dict):
        if "Fn::Sub" in node:
            return re.sub(r"\$\{([\w:.]+)\}", lambda match: _value(match[1]), node["Fn::Sub"])
        if "Fn::GetAtt" in node:
            return _value(".".join(node["Fn::GetAtt"]))
        if "Ref" in node:
            return _REFERENCES[_kind(node["Ref"])].format(name=f"album-{node['Ref'].lower()}")
        return {key: _filled(value) for key, value in node.items()}
    return [_filled(value) for value in node] if isinstance(node, list) else node


def _value(reference: str) -> str:
    if reference.startswith("AWS::"):
        return _PSEUDO[reference.removeprefix("AWS::")]
    logical_id, _, attribute = reference.partition(".")
    name = f"album-{logical_id.lower()}"
    if attribute:
        assert attribute == "Arn", reference
        return _ARNS[_kind(logical_id)].format(name=name)
    return name


def _kind(logical_id: str) -> str:
    return _resources()[logical_id]["Type"]


@functools.cache
def _resources() -> dict[str, dict]:
    return load_template()["Resources"]
