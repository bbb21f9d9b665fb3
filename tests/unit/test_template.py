"""The template as text: what no deployment on this machine would show."""

import json
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import rendered

from functions.access.access_rows import ACCESS_KINDS, POSTED, EventRow
from functions.access.user_pool import OWNER_GROUP
from functions.keys import CARDS_PREFIX
from functions.photo_page import RECORD_KEY, SKELETON_KEY
from functions.photo_rows import GRID_ATTRIBUTES
from functions.thumbnail_sizes import LARGE_SIDE, THUMBNAIL_SIDE
from local.response_headers import response_headers
from scripts.common.template import load_template
from scripts.costs import estimate
from scripts.laptop.packaging import digest, package_checkout

ROOT = Path(__file__).parents[2]
TEMPLATE = load_template()
RESOURCES = TEMPLATE["Resources"]


def of_type(kind: str) -> dict[str, dict]:
    found = {name: item for name, item in RESOURCES.items() if item["Type"] == kind}
    assert found, f"the template has no {kind}"
    return found


def statements(resource: dict) -> list[dict]:
    return resource["Properties"]["PolicyDocument"]["Statement"]


def test_buckets_are_private_encrypted_and_serve_one_distribution() -> None:
    buckets = of_type("AWS::S3::Bucket")
    policies = {item["Properties"]["Bucket"]["Ref"]: item for item in of_type("AWS::S3::BucketPolicy").values()}
    unserved = {"PicsBucket", "IncomingBucket"}
    assert set(buckets) == set(policies) == {"SiteBucket", "ThumbnailsBucket", *unserved}
    for name, bucket in buckets.items():
        properties = bucket["Properties"]
        assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(properties["PublicAccessBlockConfiguration"]) == 4
        assert properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        tls, *served = statements(policies[name])
        assert (tls["Effect"], tls["Action"]) == ("Deny", "s3:*")
        assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        if name == "SiteBucket":
            # They name every set, private ones too; that pages can't be asked for by these names is the gate's doing.
            kept = served.pop()
            assert (kept["Effect"], kept["Action"]) == ("Deny", "s3:GetObject")
            assert kept["Principal"] == {"Service": "cloudfront.amazonaws.com"}
            folder = kept["Resource"]["Fn::Sub"].removeprefix("${SiteBucket.Arn}/")
            assert all(fnmatch(key, folder) for key in (RECORD_KEY, SKELETON_KEY))
        assert len(served) == (name not in unserved), "originals are served to nobody"
        for cloudfront in served:
            assert cloudfront["Principal"] == {"Service": "cloudfront.amazonaws.com"}
            assert cloudfront["Action"] == "s3:GetObject"
            assert "${Distribution}" in cloudfront["Condition"]["StringEquals"]["aws:SourceArn"]["Fn::Sub"]


def test_no_resource_policy_lets_everybody_in() -> None:
    policies = [*of_type("AWS::S3::BucketPolicy").values(), *of_type("AWS::SQS::QueuePolicy").values()]
    for policy in policies:
        for statement in statements(policy):
            assert statement["Effect"] == "Deny" or "*" not in json.dumps(statement["Principal"])
            assert statement["Effect"] == "Deny" or "Condition" in statement
    for role in of_type("AWS::IAM::Role").values():
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
            assert "*" not in json.dumps(statement["Principal"])


def test_every_store_is_encrypted() -> None:
    # DynamoDB, CloudWatch Logs and Rekognition encrypt by themselves.
    for queue in of_type("AWS::SQS::Queue").values():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True


def test_photos_rows_and_faces_outlive_the_stack() -> None:
    kept = {name for name, item in RESOURCES.items() if item.get("DeletionPolicy") == "RetainExceptOnCreate"}
    tables = {"PicsTable", "PrivatePicsTable", "PicsByImageIdTable", "MatchesTable", "RequestsTable", "ForgottenTable"}
    tables |= {"DecisionsTable", "AccessTable", "ContributionsTable"}
    assert kept == {"PicsBucket", *tables, "AlbumCollection", "CelebritiesCollection"}
    assert all(RESOURCES[name]["UpdateReplacePolicy"] == "Retain" for name in kept)
    assert RESOURCES["PicsBucket"]["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    for name in tables:
        recovery = RESOURCES[name]["Properties"]["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": True}


def visitors_functions() -> list[dict]:
    """Properties of the functions that a visitor may call."""
    called = json.loads((ROOT / "policies" / "visitor.json").read_text())["Statement"]
    named = [item["Resource"] for item in called if item["Action"] == "lambda:InvokeFunction"]
    resources = [resource for item in named for resource in (item if isinstance(item, list) else [item])]
    return [RESOURCES[resource["Fn::GetAtt"][0]]["Properties"] for resource in resources]


def visitors_policies() -> list[str]:
    """The visitor's own policy, and those of the functions that it lets a visitor call."""
    roles = [function["Role"]["Fn::GetAtt"][0] for function in visitors_functions()]
    return ["visitor", *(RESOURCES[role]["Properties"]["Policies"][0]["PolicyName"] for role in roles)]


def reached(role: str) -> set[tuple[str, str, str]]:
    """What a policy lets somebody do to tables: table, index (empty for none), and the maximum that bounds it."""
    ids = {f"album-{name.lower()}": name for name in of_type("AWS::DynamoDB::Table")}
    found = set()
    for statement in rendered.policy(role)["Statement"]:
        actions, resources = statement["Action"], statement["Resource"]
        for action in [actions] if isinstance(actions, str) else actions:
            reads = action in ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan")
            for arn in [resources] if isinstance(resources, str) else resources:
                _, is_table, path = arn.partition(":table/")
                name, _, index = path.partition("/index/")
                if is_table:
                    found.add((ids[name], index, "MaxReadRequestUnits" if reads else "MaxWriteRequestUnits"))
    return found


MAXIMA = ("MaxReads", "MaxPrivateReads", "MaxWrites", "MaxVisitorUnits")


def test_every_table_and_index_visitors_reach_has_a_maximum() -> None:
    found = set().union(*(reached(role) for role in visitors_policies()))
    assert {("PicsTable", "grid"), ("PicsByImageIdTable", ""), ("LedgerTable", "")} <= {entry[:2] for entry in found}
    for name, index, maximum in found:
        properties = RESOURCES[name]["Properties"]
        indexes = {item["IndexName"]: item for item in properties.get("GlobalSecondaryIndexes", [])}
        limited = indexes[index] if index else properties
        shared = ["MaxReads", "MaxPrivateReads"] if maximum == "MaxReadRequestUnits" else ["MaxWrites"]
        allowed = [{"Ref": name} for name in (*shared, "MaxVisitorUnits")]
        assert limited.get("OnDemandThroughput", {}).get(maximum) in allowed, (name, index)
    assert min(TEMPLATE["Parameters"][name]["MinValue"] for name in MAXIMA) == 1


def test_visitors_functions_are_limited_and_never_queue_for_long() -> None:
    assert visitors_functions()
    for function in visitors_functions():
        assert function["EventInvokeConfig"] == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}
        assert "ReservedConcurrentExecutions" in function
        assert (function["LoggingConfig"]["LogFormat"], function["LoggingConfig"]["SystemLogLevel"]) == ("JSON", "WARN")
        handler = ROOT / (function["Handler"].removesuffix(".handler").replace(".", "/") + ".py")
        assert "_pace.wait()" in handler.read_text(), "Lambda keeps no pace for queued calls"


def test_the_owner_allows_accounts_and_addresses_are_verified() -> None:
    assert TEMPLATE["Parameters"]["SignUp"]["Default"] == "no"
    pool = RESOURCES["UserPool"]["Properties"]
    assert TEMPLATE["Conditions"]["SignUpIsOn"] == {"Fn::Equals": [{"Ref": "SignUp"}, "yes"]}
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": {"Fn::If": ["SignUpIsOn", False, True]}}
    assert pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["UserAttributeUpdateSettings"] == {"AttributesRequireVerificationBeforeUpdate": ["email"]}


def test_an_owners_token_gives_the_owners_role_and_all_others_a_members() -> None:
    roles = RESOURCES["IdentityPoolRoles"]["Properties"]
    (mapping,) = roles["RoleMappings"].values()
    assert (mapping["Type"], mapping["AmbiguousRoleResolution"]) == ("Token", "AuthenticatedRole")
    assert mapping["IdentityProvider"] == {"Fn::Sub": "${UserPool.ProviderName}:${UserPoolClient}"}
    (group,) = of_type("AWS::Cognito::UserPoolGroup").values()
    assert group["Properties"]["GroupName"] == OWNER_GROUP
    assert group["Properties"]["RoleArn"] == {"Fn::GetAtt": ["OwnerRole", "Arn"]}
    assert {"Fn::GetAtt": ["OwnerRole", "Arn"]} not in roles["Roles"].values(), "which closing denies everything"


def test_every_name_contains_the_stacks() -> None:
    for name, item in RESOURCES.items():
        for key, value in item.get("Properties", {}).items():
            if key.endswith("Name") and key not in ("MetricName", "DomainName", "GroupName", "Name"):
                derived = "${AWS::StackName}" in json.dumps(value)
                assert derived or value["Ref"] in RESOURCES, f"{name}.{key}"


def test_what_the_laptop_lacks_depends_on_one_parameter() -> None:
    conditional = {name for name, item in RESOURCES.items() if "Condition" in item}
    needed = {"OnAws": {"Platform"}, "Alarms": {"Platform", "AlarmEmail"}, "OwnDomain": {"Platform", "DomainName"}}
    needed |= dict.fromkeys(("ClosesItself", "ClosesAtBudget", "AlarmsOnCloudFront"), needed["Alarms"])
    needed |= {"MakesCertificate": needed["OwnDomain"] | {"CertificateArn"}}
    needed |= {"MakesRecords": needed["OwnDomain"] | {"HostedZoneId"}}
    needed |= {"Converts": needed["OnAws"] | {"Films", "MediaConvert"}}
    assert {RESOURCES[name]["Condition"] for name in conditional} <= set(needed)
    kinds = {RESOURCES[name]["Type"].split("::")[1] for name in conditional}
    kept = {"Serverless", "IAM", "Logs", "Lambda", "EdgeStore"}
    served = {"CloudFront", "S3", "CertificateManager", "Route53"}
    assert kinds == served | {"SNS", "CloudWatch", "Budgets", "Events", "SQS"} | kept
    own = {name for name in conditional if RESOURCES[name]["Type"].split("::")[1] in kept}
    closes = {"CloseFunction", "CloseRole", "CloseLogGroup", "BudgetRole"}
    fills = {f"EdgeStore{part}" for part in ("Function", "Role", "LogGroup", "Changes", "Filled")}
    assert own == closes | fills | {"ConvertRole"}
    assert {name for name in conditional if RESOURCES[name]["Type"] == "AWS::S3::Bucket"} == set()


def headers_of(path: str, parameters: dict[str, str]) -> dict[bytes, bytes]:
    return dict(response_headers(TEMPLATE, "http://localhost:4566", parameters)(path))


def directives_of(headers: dict[bytes, bytes]) -> dict[str, list[str]]:
    policy = headers[b"content-security-policy"].decode()
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


def test_other_websites_frame_one_page_of_a_set_and_only_where_the_owner_allows_it() -> None:
    allowed = {"EmbedOn": "https://club.example http://localhost:9000"}
    page = headers_of("/sets/2015_a/embed/", allowed)
    assert directives_of(page)["frame-ancestors"] == ["https://club.example", "http://localhost:9000"]
    assert b"x-frame-options" not in page, "which knows no list of websites"
    for path, parameters in (
        ("/sets/2015_a/embed/", {}),
        ("/", allowed),
        ("/sets/2015_a/", allowed),
        ("/sets/2015_a/photos/a.jpg/", allowed),
        ("/people/", allowed),
        ("/photos/embed/a.jpg", allowed),
    ):
        headers = headers_of(path, parameters)
        assert directives_of(headers)["frame-ancestors"] == ["'none'"]
        assert headers[b"x-frame-options"] == b"DENY"


def test_a_framed_page_runs_no_script_and_calls_nobody() -> None:
    page = headers_of("/sets/2015_a/embed/", {})
    directives = directives_of(page)
    assert directives["default-src"] == directives["base-uri"] == directives["form-action"] == ["'none'"]
    assert not {"script-src", "connect-src", "frame-src", "worker-src"} & set(directives)
    assert page[b"x-robots-tag"] == b"noindex"
    assert page[b"permissions-policy"] == b"camera=(), geolocation=(), microphone=()"


def test_visitors_reach_only_their_endpoints_and_no_inline_script() -> None:
    headers = headers_of("/", {})
    assert headers[b"cross-origin-resource-policy"] == b"same-origin"
    assert headers[b"x-robots-tag"] == b"noindex", "unless the owner says otherwise"
    assert b"x-robots-tag" not in headers_of("/", {"SearchEngines": "yes"})
    directives = directives_of(headers)
    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == ["'self'"]
    assert directives["require-trusted-types-for"] == ["'script'"]
    assert directives["trusted-types"] == ["worker"]
    assert directives["connect-src"] == ["'self'", "http://localhost:4566"]
    assert directives["frame-ancestors"] == directives["base-uri"] == directives["form-action"] == ["'none'"]
    assert "unsafe-inline" not in " ".join(directives["style-src"])
    own = TEMPLATE["Resources"]["ResponseHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    text = own["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    endpoints = re.findall(r"https://([\w-]+)\.\$\{AWS::Region\}\.amazonaws\.com", text)
    assert endpoints == ["cognito-identity", "cognito-idp", "dynamodb", "lambda"]


@pytest.mark.parametrize("audience", ["link", "members"])
def test_browsers_keep_what_is_not_public_for_a_minute_at_most(audience: str) -> None:
    picture, page, asset = "/thumbnails/photos/a/b.jpg", "/people/people.json", "/assets/main.js"
    private = {"Audience": audience}
    assert headers_of(picture, private)[b"cache-control"] == b"private, max-age=60"
    assert headers_of("/photos/a/b.jpg", private)[b"cache-control"] == b"private, max-age=60"
    assert headers_of(page, private)[b"cache-control"] == b"private, no-cache"
    for path in (picture, page, asset):
        public = headers_of(path, {"Audience": "public"})
        assert b"cache-control" not in public, "objects have their own"
        assert headers_of(path, {}) == public
        changed = {name: value for name, value in headers_of(path, private).items() if name != b"cache-control"}
        assert changed == public
    assert b"cache-control" not in headers_of(asset, private)


def test_every_cache_behaviour_is_https_with_response_headers() -> None:
    config = RESOURCES["Distribution"]["Properties"]["DistributionConfig"]
    behaviours = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
    assert {behaviour["ViewerProtocolPolicy"] for behaviour in behaviours} == {"redirect-to-https"}
    policies = {one.get("PathPattern"): one["ResponseHeadersPolicyId"]["Ref"] for one in behaviours}
    pictures = dict.fromkeys(("/photos/*", "/thumbnails/*"), "PictureHeaders")
    assert policies == {
        None: "PageHeaders",
        "/sets/*/embed/*": "EmbedHeaders",
        "/assets/*": "ResponseHeaders",
        **pictures,
    }
    assert config["HttpVersion"] == "http2and3"
    for origin in config["Origins"]:
        assert origin["OriginAccessControlId"] == {"Fn::GetAtt": ["OriginAccess", "Id"]}


def test_the_dashboard_shows_metrics_that_functions_write() -> None:
    body = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    widgets = json.loads(re.sub(r"\$\{([\w:.]+)\}", "x", body))["widgets"]
    metrics = [metric for widget in widgets for metric in widget["properties"]["metrics"]]
    own = {metric[1] for metric in metrics if metric[0] == "x"}
    code = "".join(path.read_text() for path in (ROOT / "functions").rglob("*.py"))
    assert own
    assert all(f'"{name}"' in code for name in own | {RESOURCES["CeilingAlarm"]["Properties"]["MetricName"]})
    service = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
    assert RESOURCES["CeilingAlarm"]["Properties"]["Dimensions"] == [{"Name": "service", "Value": service}]


def test_every_alarm_reaches_the_owner_and_one_closes() -> None:
    closing = {"Fn::If": ["ClosesItself", {"Ref": "CloseTopic"}, {"Ref": "AWS::NoValue"}]}
    for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
        closes = [closing] if name == "ReadsAlarm" else []
        assert alarm["Properties"]["AlarmActions"] == [{"Ref": "AlarmTopic"}, *closes]
        assert alarm["Properties"]["TreatMissingData"] == "notBreaching"
    defaults = {name: TEMPLATE["Parameters"][name]["Default"] for name in ("CloseItself", "CloseAtBudget")}
    assert defaults == {"CloseItself": "no", "CloseAtBudget": 0}, "only where the owner wants it"


def test_only_alarms_publish_to_the_topics() -> None:
    policies = [policy["Properties"] for policy in of_type("AWS::SNS::TopicPolicy").values()]
    topics = {topic["Ref"] for policy in policies for topic in policy["Topics"]}
    assert topics == set(of_type("AWS::SNS::Topic"))
    for policy in policies:
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        assert statement["Action"] == "sns:Publish"
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_alarms_cost_what_the_docs_say() -> None:
    metrics = 0
    for alarm in of_type("AWS::CloudWatch::Alarm").values():
        metrics += sum("MetricStat" in metric for metric in alarm["Properties"].get("Metrics", [])) or 1
    assert metrics == estimate.ALARMS <= json.loads(estimate.PRICES.read_text())["always_free"]["cloudwatch_alarms"]


def test_high_reads_raise_an_alarm_before_the_maximum() -> None:
    properties = RESOURCES["ReadsAlarm"]["Properties"]
    (expression,) = [metric["Expression"]["Fn::Sub"] for metric in properties["Metrics"] if "Expression" in metric]
    metrics = {metric["Id"]: metric["MetricStat"] for metric in properties["Metrics"] if "MetricStat" in metric}
    assert {item["Period"] for item in metrics.values()} == {300}

    def percent(**units: float) -> float:
        """What the expression comes to in Python, where FILL and MAX are much the same."""
        program = expression.replace("${MaxReads}", "50")
        names = {"FILL": lambda value, other: value, "MAX": max, **dict.fromkeys(metrics, 0), **units}
        return eval(program, {"__builtins__": {}}, names)  # noqa: S307 - our own template

    assert percent() == 0
    assert all(percent(**{name: 300 * 50}) == 100 for name in metrics), "each table and index on its own"
    assert percent(pics=12_000, grid=3) == 80 == properties["Threshold"]


def test_the_alarm_on_reads_watches_all_that_has_their_maximum() -> None:
    limited: list[dict[str, Any]] = []
    # A search reads the ledger once; the alarm on searches watches those.
    for name in set(of_type("AWS::DynamoDB::Table")) - {"LedgerTable"}:
        properties = RESOURCES[name]["Properties"]
        for index in ({}, *properties.get("GlobalSecondaryIndexes", [])):
            if (index or properties).get("OnDemandThroughput", {}).get("MaxReadRequestUnits") == {"Ref": "MaxReads"}:
                named = {"GlobalSecondaryIndexName": index["IndexName"]} if index else {}
                limited.append({"TableName": {"Ref": name}, **named})
    metrics = [item["MetricStat"] for item in RESOURCES["ReadsAlarm"]["Properties"]["Metrics"] if "MetricStat" in item]
    watched = [{item["Name"]: item["Value"] for item in stat["Metric"]["Dimensions"]} for stat in metrics]
    assert sorted(watched, key=str) == sorted(limited, key=str)
    assert {"TableName": {"Ref": "PicsTable"}, "GlobalSecondaryIndexName": "grid"} in watched


def test_the_gate_goes_by_a_store_that_was_filled_before() -> None:
    router, filled = RESOURCES["Router"], RESOURCES["EdgeStoreFilled"]["Properties"]
    store = {"Fn::GetAtt": ["EdgeStore", "Arn"]}
    assert router["Properties"]["FunctionConfig"]["KeyValueStoreAssociations"] == [{"KeyValueStoreARN": store}]
    assert router["DependsOn"] == "EdgeStoreFilled"
    assert (filled["Store"], filled["Table"]) == (store, {"Ref": "AccessTable"}), "a new one is filled again"
    function = RESOURCES["EdgeStoreFunction"]["Properties"]
    assert filled["ServiceToken"] == {"Fn::GetAtt": ["EdgeStoreFunction", "Arn"]}
    assert filled["ServiceTimeout"] > function["Timeout"]
    assert function["Environment"]["Variables"] == {"ACCESS_TABLE": {"Ref": "AccessTable"}, "EDGE_STORE": store}


def test_every_change_of_table_access_reaches_the_edge() -> None:
    stream = RESOURCES["AccessTable"]["Properties"]["StreamSpecification"]
    assert stream == {"Fn::If": ["OnAws", {"StreamViewType": "KEYS_ONLY"}, {"Ref": "AWS::NoValue"}]}
    mapping = RESOURCES["EdgeStoreChanges"]["Properties"]
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": ["AccessTable", "StreamArn"]}
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    # All kinds that entries are made of, and no others: visitors' private addresses change every few minutes.
    (one,) = mapping["FilterCriteria"]["Filters"]
    (kinds,) = json.loads(one["Pattern"])["dynamodb"]["Keys"]["kind"].values()
    assert set(kinds) == set(ACCESS_KINDS)
    assert {POSTED, EventRow(id="-", set_name="-").kind}.isdisjoint(kinds)


def test_the_grid_index_holds_what_the_grid_shows() -> None:
    (index,) = RESOURCES["PicsTable"]["Properties"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "grid"
    assert tuple(index["Projection"]["NonKeyAttributes"]) == GRID_ATTRIBUTES


def test_a_message_stays_hidden_longer_than_the_function_may_run() -> None:
    for name in ("Process", "People"):
        function = RESOURCES[f"{name}Function"]["Properties"]
        window = TEMPLATE["Parameters"]["PeopleWait"]["MaxValue"] if name == "People" else 0
        assert RESOURCES[f"{name}Queue"]["Properties"]["VisibilityTimeout"] >= 6 * function["Timeout"] + window
    queue, function = RESOURCES["ProcessQueue"]["Properties"], RESOURCES["ProcessFunction"]["Properties"]
    gives_up = int(function["Environment"]["Variables"]["MAX_RECEIVE_COUNT"])
    assert gives_up < queue["RedrivePolicy"]["maxReceiveCount"], "the function gives up first, with a reason"


def test_packaging_is_reproducible() -> None:
    first, uploads = package_checkout(ROOT, "bucket")
    second, _ = package_checkout(ROOT, "bucket")
    assert digest(first, {}) == digest(second, {})
    assert digest(first, {}) != digest(first, {"ProcessConcurrency": "3"})
    assert len(uploads) == 1 + len(list((ROOT / "policies").glob("*.json")))


def test_search_imports_no_image_library() -> None:
    program = (
        "import sys, functions.search.handler; print([m for m in sys.modules if m.split('.')[0] in ('PIL', 'numpy')])"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_visitors_may_read_large_renditions_and_cards() -> None:
    statements = RESOURCES["ThumbnailsBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    (served,) = (statement["Resource"] for statement in statements if statement.get("Sid") == "ServeThroughCloudFront")
    for folder in (f"{LARGE_SIDE}/", CARDS_PREFIX):
        assert {"Fn::Sub": f"${{ThumbnailsBucket.Arn}}/{folder}photos/*"} in served


def test_the_grid_thumbnail_serves_a_phone() -> None:
    assert THUMBNAIL_SIDE >= 2 * 196  # half of a 412-pixel screen, at two pixels a point
