"""Putting the site on AWS, keeping it up to date there, and taking it off again."""

import sys
from typing import TYPE_CHECKING, Any

import click

from functions.access.audiences import ALBUM, AUDIENCES, Access
from functions.access.user_pool import BadMailError, check_mail
from scripts.commands.options import Context, yes_option
from scripts.common.config import (
    HOW_TO_DEPLOY,
    AwsConfig,
    describe_undeployed,
    describe_unheeded,
    load_aws_config,
    load_config,
    load_theme_config,
    note_audience,
    note_aws_config,
)
from scripts.common.stack import connect
from scripts.common.terminal import echo
from scripts.common.words import count
from scripts.deployment.account_limits import MORE_FUNCTIONS, UPGRADE, find_free_plan
from scripts.deployment.cloudformation import Event, StackApplier, read_outputs, read_parameters
from scripts.deployment.cloudfront_plan import CloudFrontPlan, find_plan
from scripts.deployment.migration import migrate
from scripts.deployment.publish import build_and_publish
from scripts.people.catching_up import tell_once
from scripts.people.owners import add_owner
from scripts.site.covers import describe_missing_cover

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackTypeDef

    from scripts.deployment.deploy import Target

# Option, parameter of the template, what it is.
SETTINGS = (
    ("email", "AlarmEmail", str, "Address for alarms."),
    (
        "monthly_budget",
        "MonthlyBudget",
        click.IntRange(1),
        "Email you as spending nears this many USD a month. Needs --email.",
    ),
    ("close_itself", "CloseItself", click.Choice(["yes", "no"]), "Close the site if reads stay high. Needs --email."),
    (
        "close_at_budget",
        "CloseAtBudget",
        click.IntRange(0, 1000),
        "Close the site at this percentage of the budget; 0 for never.",
    ),
    (
        "daily_searches",
        "DailySearches",
        click.IntRange(0),
        "Maximum paid face searches a day, for all visitors together.",
    ),
    (
        "visitor_daily_searches",
        "VisitorDailySearches",
        click.IntRange(0),
        "Maximum paid face searches a day for one visitor.",
    ),
    ("daily_indexing", "DailyIndexing", click.IntRange(0), "Photos indexed a day."),
    ("daily_films", "DailyFilms", click.IntRange(0), "Films cut a day."),
    (
        "daily_converted_minutes",
        "DailyConvertedMinutes",
        click.IntRange(0),
        "Minutes of film a day that MediaConvert converts.",
    ),
    ("daily_people", "DailyPeople", click.IntRange(0), "Paid searches a day to recognise people you have named."),
    ("daily_uploads", "DailyUploads", click.IntRange(0), "Photos a day that guests and members may send."),
    ("people_wait", "PeopleWait", click.IntRange(1, 300), "Seconds for which photos are collected before that."),
    ("process_concurrency", "ProcessConcurrency", click.IntRange(2, 1000), "Photos processed at once."),
    (
        "search_concurrency",
        "SearchConcurrency",
        click.IntRange(0, 1000),
        "Maximum searches at once. 0 reserves no capacity.",
    ),
    (
        "door_concurrency",
        "DoorConcurrency",
        click.IntRange(1, 1000),
        "Calls for private sets at once; ten a second each.",
    ),
    (
        "upload_concurrency",
        "UploadConcurrency",
        click.IntRange(0, 1000),
        "Calls of guests and members who send photos at once. With 0, only you can send any.",
    ),
    ("max_reads", "MaxReads", click.IntRange(1), "DynamoDB read units a second for each table of photos."),
    (
        "max_private_reads",
        "MaxPrivateReads",
        click.IntRange(1),
        "DynamoDB read units a second for each table of private sets.",
    ),
    ("max_writes", "MaxWrites", click.IntRange(1), "DynamoDB write units a second for the ledger."),
    ("max_visitor_units", "MaxVisitorUnits", click.IntRange(1), "DynamoDB units a second for visitors' own rows."),
    (
        "intelligent_tiering",
        "IntelligentTiering",
        click.Choice(["yes", "no"]),
        "Cheaper storage for photos that nobody looks at.",
    ),
    ("sign_up", "SignUp", click.Choice(["yes", "no"]), "Let visitors create accounts."),
    ("domain", "DomainName", str, "Your own domain."),
    ("certificate", "CertificateArn", str, "ARN of the domain's certificate, in us-east-1."),
    ("zone", "HostedZoneId", str, "ID of the domain's Route 53 hosted zone."),
)


_PLAN_QUESTION = (
    "Put the site on CloudFront's Free plan? It costs nothing, but AWS may slow the site down beyond 100 GB or a "
    "million requests a month. Without it you pay for what goes beyond 1 TB or ten million requests"
)


_WHO_QUESTION = "Who may see the site: everybody (public), whoever has its link (link), or people you invite (members)"


def _with_settings(command: Any) -> Any:
    for name, parameter, kind, text in reversed(SETTINGS):
        option = f"--{name.replace('_', '-')}"
        command = click.option(option, name, type=kind, help=f"{text} ({parameter})")(command)
    return command


@click.command()
@click.option("--region", help="AWS region. It must support Rekognition.")
@_with_settings
@click.option(
    "--cloudfront-plan",
    "plan",
    type=click.Choice(["free", "none"]),
    help="CloudFront's Free plan costs nothing, but has limits.",
)
@click.option(
    "--audience",
    type=click.Choice(AUDIENCES),
    help="Who may see the site: everybody, whoever has its link, or people you invite. Kept in kinpics.toml.",
)
@click.option("--yes", is_flag=True, help="Don't ask. Use defaults for what you leave out, except for --audience.")
@click.pass_obj
def deploy(
    context: Context, /, region: str | None, plan: str | None, audience: str | None, yes: bool, **settings: Any
) -> None:
    """Deploy the site to AWS, or update it.

    Asks a few questions the first time, and always who may see the site if kinpics.toml doesn't say it. Settings you
    leave out stay as they are. Each is a parameter of template.yaml, named in brackets. You can run this again at any
    time, even after a failure.
    """
    from scripts.access.audience_change import link_for, settle_audience
    from scripts.deployment.deploy import (
        Target,
        check_stack_name,
        connect_bucket,
        deploy_stack,
        find_sam,
        limit_tables,
        rekognition_regions,
    )

    find_sam()
    asks = not yes and sys.stdin.isatty()
    context.choose_aws(region)
    target = Target.chosen()
    if not target.is_laptop and region is None and asks and not load_aws_config().region:
        default = target.session.region_name if target.has_rekognition() else "us-east-1"
        regions = click.Choice(rekognition_regions())
        context.choose_aws(click.prompt("AWS region", type=regions, default=default, show_choices=False, err=True))
        target = Target.chosen()
    target.check()
    parameters = {
        parameter: str(settings[option]) for option, parameter, _, _ in SETTINGS if settings[option] is not None
    }
    name = check_stack_name(context.stack_name)
    client = target.session.client("cloudformation")
    if asks and StackApplier(client, name).describe() is None:
        name = check_stack_name(click.prompt("Name of the stack", default=name, err=True))
    audience = _settle_who(target, audience, asks)
    before = StackApplier(client, name).describe()
    known = _known_access(target, name, context, before)
    parameters |= load_config().parameters_for(known) if known else load_config().parameters
    account_plan = None if target.is_laptop else find_free_plan(target.session)
    if account_plan:
        echo(f"note: {account_plan}: upgrade it with `{UPGRADE}`", err=True)
    owner = ""
    if before is None and asks:
        _ask(target, parameters)
        owner = "" if target.is_laptop else _ask_for_owner(parameters)
        if plan is None and not target.is_laptop and not account_plan:
            plan = "free" if click.confirm(_PLAN_QUESTION, default=False, err=True) else None
    _leave_room(target, before, parameters)
    _prepare_plan(plan, target, find_plan(target.session, name, read_outputs(before).get("Distribution")), parameters)
    echo(f"deploying {name} to {target.session.region_name} ...", err=True)
    applier = StackApplier(client, name, pause=0.1 if target.is_laptop else 3.0, tell=_tell)
    changed = deploy_stack(target, applier, parameters)
    if not target.is_laptop:
        note_aws_config(AwsConfig(name, target.session.region_name))
    stack = connect(name, context.data)
    if before and read_parameters(before).get("Downloads") != stack.download_rule:
        stack.invalidate({"/photos/*"})
        echo("note: what visitors may download has changed: run `kinpics reconcile` to make the copies", err=True)
    connect_bucket(stack)
    limit_tables(stack)
    migrate(stack)
    settle_audience(stack, audience, lambda text: echo(text, err=True))
    tell_once(stack)
    files = build_and_publish(stack)
    echo(f"{name} {'is deployed' if changed else 'was up to date'}, {count(files, 'changed file')} published")
    if stack.site_url:
        echo(stack.site_address("/"))
    if link := link_for(stack, ALBUM):
        echo(f"whoever has this link may see it: {link}")
    if owner and add_owner(stack, owner):
        echo(f"{owner} gets an email with a temporary password, to sign in and name people")
    _settle_plan(plan, find_plan(target.session, name, stack.outputs.distribution))


def _known_access(target: "Target", name: str, context: Context, before: "StackTypeDef | None") -> Access | None:
    """Who may see what before a deployment; None on a laptop, which looks by itself, and without such a table."""
    if target.is_laptop or "AccessTable" not in read_outputs(before):
        return None
    return connect(name, context.data).access.read_access()


def _settle_who(target: "Target", audience: str | None, asks: bool) -> str:
    """Who may see the site, as the owner says now or has written down; then it is written down.

    Nobody decides that but the owner: raises ``click.UsageError`` if it isn't known. On a laptop it may be empty, for
    whoever may see the site already.
    """
    known = load_config().audience
    chosen = audience or known
    if not chosen and not target.is_laptop:
        if not asks:
            raise click.UsageError(
                "say who may see the site with --audience: public (everybody), link (whoever has its link) or members "
                "(people you invite). It is written into kinpics.toml, so you need it only once"
            )
        chosen = click.prompt(_WHO_QUESTION, type=click.Choice(AUDIENCES), err=True)
    if chosen and chosen != known:
        note_audience(chosen)
    return chosen


def _prepare_plan(plan: str | None, target: "Target", distribution: CloudFrontPlan, parameters: dict[str, str]) -> None:
    """Before the distribution is deployed: add the firewall that CloudFront's plan needs, or remove it."""
    if plan and target.is_laptop:
        raise click.UsageError("there is no CloudFront on a laptop, so no plan either")
    if plan == "free":
        parameters["WebAclArn"] = distribution.prepare()
    elif plan == "none" and not distribution.cancel() and distribution.has_own_firewall():
        parameters["WebAclArn"] = ""


def _settle_plan(plan: str | None, distribution: CloudFrontPlan) -> None:
    """Subscribe to the plan, or finish leaving it, once the distribution is there."""
    if plan == "free":
        echo(f"the site is on CloudFront's {distribution.subscribe().title()} plan")
    elif plan == "none" and distribution.subscription():
        echo("the plan runs until the end of the month; run this again then to remove its firewall")
    elif plan == "none" and distribution.remove_own_firewall():
        echo("the plan's firewall is still in use, at 5 USD a month: run this again in a few minutes")


def _ask(target: "Target", parameters: dict[str, str]) -> None:
    """The questions of a first deployment."""
    from scripts.common.template import load_defaults
    from scripts.costs.estimate import load_prices

    if "AlarmEmail" not in parameters and not target.is_laptop:
        question = "E-mail address for alarms (leave empty for none)"
        parameters["AlarmEmail"] = click.prompt(question, default="", show_default=False, err=True)
    defaults = load_defaults()
    # The same wherever the price list has one.
    price = load_prices("us-east-1")["rekognition_calls"]
    for parameter, question in (
        ("DailySearches", f"Most paid face searches a day, at {price:g} USD each"),
        ("DailyIndexing", f"Most photos indexed a day, at {price:g} USD each"),
    ):
        if parameter not in parameters:
            default = int(defaults[parameter])
            parameters[parameter] = str(click.prompt(question, type=click.IntRange(0), default=default, err=True))
    if "SignUp" not in parameters:
        wanted = click.confirm("Let visitors create accounts?", default=False, err=True)
        parameters["SignUp"] = "yes" if wanted else "no"


def _ask_for_owner(parameters: dict[str, str]) -> str:
    """Who signs in to name people in the browser; empty for nobody."""
    while True:
        question = "E-mail address to sign in with and name people (leave empty for none)"
        default = parameters.get("AlarmEmail", "")
        mail: str = click.prompt(question, default=default, show_default=bool(default), err=True)
        if not mail:
            return ""
        try:
            check_mail(mail)
        except BadMailError as error:
            echo(str(error), err=True)
            parameters = {}
        else:
            return mail


def _leave_room(target: "Target", described: "StackTypeDef | None", parameters: dict[str, str]) -> None:
    """Reserve executions for searches as soon as the account has room; a new one has none."""
    from scripts.common.template import load_defaults
    from scripts.deployment.deploy import has_room

    wanted = int((load_defaults() | read_parameters(described) | parameters)["SearchConcurrency"])
    can_reserve = wanted == 0 or has_room(target, described, wanted)
    parameters["RoomToReserve"] = "yes" if can_reserve else "no"
    if not can_reserve:
        echo(
            "note: this account may run too few functions at once to reserve any for searches; only the account's own "
            f"limit applies. Each deployment checks again; {MORE_FUNCTIONS}",
            err=True,
        )


def _tell(event: Event) -> None:
    if event.status.endswith(("_COMPLETE", "_FAILED")):
        echo(f"  {event.status:24} {event.resource} {event.reason}".rstrip(), err=True)


@click.command()
@click.option("--all", "whole", is_flag=True, help="Also build the pages of albums that haven't changed.")
@click.pass_obj
def publish(context: Context, whole: bool) -> None:
    """Build the pages that have changed, and publish them.

    Run this after you change kinpics.toml, for example.
    """
    from scripts.photos.withholding import withhold_hidden_names

    stack = context.stack
    withhold_hidden_names(stack)
    changed = build_and_publish(stack, whole=whole)
    echo(f"published {count(changed, 'changed file')}: {stack.site_address('/')}")
    access = stack.access.read_access()
    if told := describe_missing_cover(stack.photos, load_theme_config().cover, access):
        echo(f"note: {told}", err=True)
    if told := describe_unheeded(load_config(), access.album):
        echo(f"note: {told}", err=True)
    if told := describe_undeployed(load_config(), stack.parameters, None if stack.endpoint_url else access):
        echo(f"note: {told}; {HOW_TO_DEPLOY}", err=True)


@click.command()
@click.option("--photos", is_flag=True, help="Also delete the photos, with their rows and faces. This can't be undone.")
@yes_option
@click.pass_obj
def destroy(context: Context, photos: bool, yes: bool) -> None:
    """Remove the site from AWS, but keep the photos there.

    Rows and faces stay too. If you deploy again with the same stack name, the site gets them all back. Accounts and
    photos that wait for you don't stay: let these in before.
    """
    from scripts.deployment.deploy import Target
    from scripts.deployment.destroy import count_waiting, destroy_stack

    stack = context.stack
    if waiting := count_waiting(stack):
        what = "waits for you and isn't" if waiting == 1 else "wait for you and aren't"
        echo(
            f"note: {count(waiting, 'photo')} from guests {what} in an album yet: deleted with the stack, "
            f"unless you decide about them at {stack.site_address('/waiting/')} first",
            err=True,
        )
    if photos:
        words = f"delete all photos of {stack.name}"
        if click.prompt(f"To delete the photos as well, type: {words}", err=True) != words:
            raise click.ClickException("nothing was deleted: to delete the photos, type exactly those words")
    elif not yes:
        click.confirm(f"Take {stack.name} in {stack.region} off AWS? Its photos stay.", abort=True, err=True)
    target = Target.chosen()
    applier = StackApplier(target.session.client("cloudformation"), stack.name, 0.1 if target.is_laptop else 3.0, _tell)
    destroy_stack(target, stack, applier, photos=photos)
    stayed = "" if photos else f"; the photos are in the bucket {stack.outputs.pics_bucket}"
    echo(f"{stack.name} is gone{stayed}")
