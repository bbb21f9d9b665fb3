"""What this package uses of ministack's insides without replacing it, checked once at the start.

Each name has its signature or the type of its value; a class has the type ``type``.
"""

import importlib

from local.embedded.replacing import check

_SERVICE = {"get_state": "()", "load_persisted_state": "(data)"}
_STORE = "AccountRegionScopedDict"
_S3_STORE = "AccountScopedDict"

USED: dict[str, dict[str, str]] = {
    "ministack.app": {
        "SERVICE_HANDLERS": "dict",
        "_extract_s3_vhost_bucket": "(host)",
        "_get_module": "(name)",
        "_routing_params": "(method, path, headers, body, query_params)",
        "app": "(scope, receive, send)",
    },
    "ministack.core.iam_actions": {"SERVICE_TO_IAM_NAMESPACE": "dict"},
    "ministack.core.iam_evaluator": {
        "_served_unsigned": "(service, iam_action)",
        "caller_arn": "()",
        "resolve_caller_identity": "(access_key_id)",
    },
    "ministack.core.lambda_runtime": {"Worker": "type", "reset": "()"},
    "ministack.core.persistence": {"_json_default": "(obj)", "_json_object_hook": "(obj)"},
    "ministack.core.responses": {
        "error_response_json": "(code, message, status=400, extra=None, *, message_key='message', "
        "content_type='application/x-amz-json-1.0')",
    },
    "ministack.core.router": {
        "detect_service": "(method, path, headers, query_params)",
        "extract_access_key_id": "(headers, query_params=None)",
    },
    "ministack.core.sigv4": {"decode_header_value": "(value)"},
    "ministack.services.cloudformation": {
        **_SERVICE,
        "_PERSISTED_STORES": "tuple",
        "_stack_events": _STORE,
        "_stacks": _STORE,
    },
    "ministack.services.cloudformation.provisioners": {"_RESOURCE_HANDLERS": "dict"},
    "ministack.services.cloudwatch_logs": {**_SERVICE, "_log_groups": _STORE},
    "ministack.services.cognito": {
        **_SERVICE,
        "_identity_pools": _STORE,
        "_signature_valid": "(token)",
        "_token_claims": "(token)",
        "_user_pool_for_access_token": "(access_token)",
        "_user_pools": _STORE,
    },
    "ministack.services.dynamodb": {
        **_SERVICE,
        "_INDEX_MEMBERS": "str",
        "_DDB_PAGE_SIZE_BYTES": "int",
        "_evaluate_condition": "(expr, item, attr_values, attr_names, slot='ConditionExpression')",
        "_evaluate_key_conditions_item": "(item, key_conditions, pk_name)",
        "_extract_key_val": "(attr)",
        "_extract_pk_from_condition": "(condition, attr_values, attr_names, pk_name)",
        "_extract_pk_from_key_conditions": "(key_conditions, pk_name)",
        "_get_attr_type": "(table, attr_name)",
        "_index_item": "(table, base_pk, base_sk, item, add)",
        "_index_key_lists": "(index)",
        "_item_size_bytes": "(item)",
        "_key_condition_clauses": "(tokens)",
        "_normalize_table_name": "(value)",
        "_tokenize": "(expr)",
        "_backups": _STORE,
        "_contributor_insights": _STORE,
        "_exports": _STORE,
        "_imports": _STORE,
        "_kinesis_destinations": _STORE,
        "_pitr_settings": _STORE,
        "_resource_policies": _STORE,
        "_tables": _STORE,
        "_tags": _STORE,
        "_ttl_settings": _STORE,
    },
    "ministack.services.iam": _SERVICE,
    "ministack.services.lambda_svc": {
        **_SERVICE,
        "CODE_BLOB_DIR": "str",
        "_esms": _STORE,
        "_functions": _STORE,
        "_inflight_key": "(config)",
        "_request_access_key": "ContextVar",
        "_reserved_concurrency": "(func, config)",
    },
    "ministack.services.s3": {
        **_SERVICE,
        "_bucket_notifications": _S3_STORE,
        "_buckets": _S3_STORE,
        "_error": "(code, message, status, resource='', extra=None, headers=None)",
        "_fire_s3_event": "(bucket_name, key, event_name, size=0, etag='', deletion_type=None, "
        "restore_event_data=None, version_id=None, sequencer=None, object_extra=None, record_extra=None)",
        "_get_object_data": "(bucket_name, key, version_id=None)",
        "_next_event_sequencer": "(event_name)",
        "_object_acl": _S3_STORE,
        "_object_annotations": _S3_STORE,
        "_object_tags": _S3_STORE,
        "_object_versions": _S3_STORE,
        "_qp": "(params, key, default='')",
        "_resolve_object_checksums": "(body, headers)",
        "get_account_id": "()",
    },
    "ministack.services.sqs": {
        **_SERVICE,
        "_queue_name_to_url": _STORE,
        "_queues": _STORE,
        "_queues_lock": "lock",
    },
    "ministack.services.sts": {
        "_error": "(status, code, message, ns='iam')",
        "_p": "(params, key, default='')",
        "_sessions": "dict",
    },
}


def check_insides() -> None:
    """Raise ``ChangedError`` where ministack lacks something, or has it in another form."""
    for module, names in USED.items():
        check(importlib.import_module(module), names)
