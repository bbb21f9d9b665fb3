"""Whether CloudFront's gate goes by what table ``access`` says."""

import json
from typing import TYPE_CHECKING, Any

from scripts.common.outputs import StackOutputs
from scripts.common.words import count
from scripts.health.finding import Finding

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

_CHECK = "the gate's entries"
# As functions/edge_store/handler.py has it, which needs packages that commands don't.
_COMPARE = "compare"


def check_edge_store(client: "LambdaClient", outputs: StackOutputs) -> Finding:
    """Whether the key-value store equals the table; its own function compares them, and changes nothing."""
    if not outputs.edge_store_function:
        return Finding(_CHECK, "ok", "a laptop's gate reads the table itself")
    answer = client.invoke(FunctionName=outputs.edge_store_function, Payload=json.dumps({"action": _COMPARE}).encode())
    found: Any = json.loads(answer["Payload"].read())
    if "FunctionError" in answer or not isinstance(found, dict) or "wrong" not in found:
        advice = "look at its log group, then run `kinpics deploy`"
        return Finding(_CHECK, "wrong", "the edge store function can't compare them with the table", advice)
    if found["wrong"]:
        text = f"{count(found['wrong'], 'entry', 'entries')} of CloudFront's key-value store differ from table access"
        advice = "changes take a minute; if this stays, look at the log group of the edge store function"
        return Finding(_CHECK, "wrong", text, advice)
    return Finding(_CHECK, "ok", f"{count(found['entries'], 'entry', 'entries')} as table access says")
