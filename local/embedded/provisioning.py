"""Fixes to CloudFormation: existing buckets can be taken over."""

import contextvars
from typing import Any

from local.embedded.replacing import replace

# The buckets that the change set being executed takes over.
_taken_over: contextvars.ContextVar[frozenset[str]] = contextvars.ContextVar("kinpics_taken_over", default=frozenset())


def apply() -> None:
    """A change set that takes over a bucket was refused because its name is taken. (Tables were not.)"""
    from ministack.services.cloudformation import changesets, provisioners

    async def deploy_stack(*arguments: Any, imports: dict[str, Any] | None = None, **others: Any) -> None:
        identifiers = (identifier.get("BucketName") for identifier in (imports or {}).values())
        _taken_over.set(frozenset(name for name in identifiers if name))
        await deploy(*arguments, imports=imports, **others)

    signature = (
        "(stack_name, stack_id, template, param_values, disable_rollback, tags, is_update=False, "
        "previous_stack=None, retain_except_on_create=False, imports=None)"
    )
    deploy = replace(changesets, "_deploy_stack_async", deploy_stack, signature)
    conflict = replace(
        provisioners,
        "s3_bucket_name_conflict",
        lambda name: None if name in _taken_over.get() else conflict(name),
        "(name)",
    )
