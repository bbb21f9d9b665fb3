"""Make a CloudFormation stack match a template, whatever state an earlier try left it in.

It uses a change set, which adopts what a deleted stack of that name left behind (photos, rows, faces), and which says
if there is nothing to do. A stack that could not be created is removed first; an update that could not be rolled back
is rolled back again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.aws_errors import is_stack_missing, message_of
from functions.errors import KinpicsError
from scripts.deployment.account_limits import explain_refusal

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import ParameterTypeDef, StackEventTypeDef, StackTypeDef

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html (stack status codes)
_NEVER_MADE = {"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
_NOTHING_TO_DO = ("didn't contain changes", "No updates are to be performed")
# A distribution takes minutes to spread, and a certificate until AWS sees its record.
_TIMEOUT_SECONDS = 60 * 60


class DeployError(KinpicsError):
    """CloudFormation refused or could not finish; the message names the resource and its reason."""


def with_literal_names(template: dict[str, Any], stack_name: str, account_id: str, region: str) -> dict[str, Any]:
    """The template with the names of what it retains written out; CloudFormation adopts nothing whose name is computed.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html (ImportExistingResources)
    """
    values = {"AWS::StackName": stack_name, "AWS::AccountId": account_id, "AWS::Region": region}

    def written_out(value: Any) -> Any:
        if not (isinstance(value, dict) and isinstance(value.get("Fn::Sub"), str)):
            return value
        text = value["Fn::Sub"]
        for name, known in values.items():
            text = text.replace(f"${{{name}}}", known)
        return value if "${" in text else text

    def retained(resource: dict[str, Any]) -> dict[str, Any]:
        if not resource.get("DeletionPolicy", "").startswith("Retain"):
            return resource
        properties = {key: written_out(value) for key, value in resource["Properties"].items()}
        return {**resource, "Properties": properties}

    return {**template, "Resources": {name: retained(item) for name, item in template["Resources"].items()}}


def read_outputs(described: "StackTypeDef | None") -> dict[str, str]:
    """The outputs of a stack of any release, by name; empty for no stack, or one that has to be created again."""
    if described is None or described.get("StackStatus") in _NEVER_MADE:
        return {}
    return {item["OutputKey"]: item["OutputValue"] for item in described.get("Outputs", [])}


def read_parameters(described: "StackTypeDef | None") -> dict[str, str]:
    """The parameters of a stack, by name; empty for no stack."""
    listed = described.get("Parameters", []) if described else []
    return {entry["ParameterKey"]: entry["ParameterValue"] for entry in listed}


@dataclass(frozen=True)
class Event:
    """Something that happened to a resource while a stack was brought up to date."""

    resource: str
    status: str
    reason: str


@dataclass(frozen=True)
class StackApplier:
    """Applies templates to one stack. Calls ``tell`` with each event; ``pause`` is seconds between two looks."""

    client: "CloudFormationClient"
    name: str
    pause: float = 3.0
    tell: Callable[[Event], None] = lambda event: None

    def describe(self) -> "StackTypeDef | None":
        """The stack as it is, or None."""
        try:
            return self.client.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if is_stack_missing(error):
                return None
            raise

    def apply(self, url: str, known: set[str], parameters: dict[str, str], tags: dict[str, str] | None = None) -> bool:
        """Create or update the stack; returns whether there was anything to do. Raises ``DeployError``.

        ``url`` is the template's in S3, ``known`` its parameters; those not in ``parameters`` keep their value.
        """
        before = self.describe()
        values = read_parameters(before)
        kept = {name: values[name] for name in sorted(values.keys() & known - parameters.keys())}
        existing = self._settled()
        given: list[ParameterTypeDef] = [
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ]
        for name, value in kept.items():
            # A stack that could not be created is gone, with its values.
            before_too: ParameterTypeDef = {"UsePreviousValue": True} if existing else {"ParameterValue": value}
            given.append({"ParameterKey": name, **before_too})
        try:
            change_set = self.client.create_change_set(
                TemplateURL=url,
                StackName=self.name,
                ChangeSetName=f"kinpics-{time.time_ns()}",
                ChangeSetType="UPDATE" if existing else "CREATE",
                ImportExistingResources=True,
                Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
                Parameters=given,
                Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
            )["Id"]
        except ClientError as error:
            message = explain_refusal(message_of(error))
            raise DeployError(f"the stack {self.name} was refused: {message}") from None
        if not self._is_ready(change_set):
            return False
        seen = {event["EventId"] for event in self._events()}
        self.client.execute_change_set(ChangeSetName=change_set)
        self._follow(seen)
        return True

    def delete(self) -> None:
        """Delete the stack, if there is one, but not what it retains. Raises ``DeployError``."""
        stack = self.describe()
        if stack is None:
            return
        # Only its id finds a stack that is gone.
        by_id = StackApplier(self.client, stack["StackId"], self.pause, self.tell)
        seen = {event["EventId"] for event in by_id._events()}
        self.client.delete_stack(StackName=stack["StackId"])
        by_id._follow(seen)

    def _settled(self) -> "StackTypeDef | None":
        """The stack, once it can be updated; None if it has to be created."""
        stack = self.describe()
        if stack and stack["StackStatus"].endswith("_IN_PROGRESS") and stack["StackStatus"] != "REVIEW_IN_PROGRESS":
            self._wait_until_settled()
            stack = self.describe()
        if stack and stack["StackStatus"] == "UPDATE_ROLLBACK_FAILED":
            self.client.continue_update_rollback(StackName=self.name)
            self._wait_until_settled()
            stack = self.describe()
        if stack and stack["StackStatus"] in _NEVER_MADE:
            self.delete()
            stack = None
        return stack

    def _is_ready(self, change_set: str) -> bool:
        """Wait until a change set can be executed; False if it holds no change."""
        while True:
            described = self.client.describe_change_set(ChangeSetName=change_set)
            status, reason = described["Status"], described.get("StatusReason") or ""
            if status == "CREATE_COMPLETE":
                return True
            if status == "FAILED":
                self.client.delete_change_set(ChangeSetName=change_set)
                if any(text in reason for text in _NOTHING_TO_DO):
                    return False
                raise DeployError(f"the stack {self.name} was refused: {explain_refusal(reason)}")
            time.sleep(self.pause)

    def _wait_until_settled(self) -> None:
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        while (stack := self.describe()) and stack["StackStatus"].endswith("_IN_PROGRESS"):
            if time.monotonic() > deadline:
                raise DeployError(f"the stack {self.name} is still {stack['StackStatus']}: look at its events")
            time.sleep(self.pause)

    def _follow(self, seen: set[str]) -> None:
        """Report events until the stack has settled. Raises ``DeployError``."""
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        failures: list[Event] = []
        while True:
            stack = self.describe()
            for entry in reversed(self._events()):
                if entry["EventId"] in seen:
                    continue
                seen.add(entry["EventId"])
                event = Event(
                    entry["LogicalResourceId"], entry["ResourceStatus"], entry.get("ResourceStatusReason") or ""
                )
                if "FAILED" in event.status and "cancelled" not in event.reason:
                    failures.append(event)
                self.tell(event)
            status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
            if not status.endswith("_IN_PROGRESS"):
                break
            if time.monotonic() > deadline:
                raise DeployError(f"the stack {self.name} is still {status}: look at its events")
            time.sleep(self.pause)
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE", "IMPORT_COMPLETE"):
            reasons = [f"{event.resource}: {explain_refusal(event.reason)}" for event in failures if event.reason]
            told = "; ".join(reasons + self._validation_failures()) or "look at its events"
            raise DeployError(f"the stack {self.name} ended as {status}: {told}")

    def _validation_failures(self) -> list[str]:
        """What CloudFormation's last operation found wrong before it changed anything."""
        try:
            events = self.client.describe_events(StackName=self.name, Filters={"FailedEvents": True})["OperationEvents"]
        except ClientError:
            return []
        failures = [event for event in events if event.get("ValidationStatusReason")]
        return [f"{event.get('LogicalResourceId')}: {event['ValidationStatusReason']}" for event in failures]

    def _events(self) -> "list[StackEventTypeDef]":
        """Events of the stack, newest first."""
        try:
            return [
                event
                for page in self.client.get_paginator("describe_stack_events").paginate(StackName=self.name)
                for event in page["StackEvents"]
            ]
        except ClientError as error:
            if is_stack_missing(error):
                return []
            raise
