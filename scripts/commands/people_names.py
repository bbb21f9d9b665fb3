"""Naming the people in the photos: `kinpics people name` and what belongs to it.

Each command makes the call that the owner's page makes, so that both decide the same.
"""

import re
import sys
from typing import TYPE_CHECKING, Any

import click

from functions.people.ulid import is_ulid
from scripts.commands.options import Context, json_option
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count

if TYPE_CHECKING:
    from scripts.people.people_calls import PeopleCalls

STILL_SHOWN = (
    "the people function hasn't taken the name off the site yet: look at its log group, then run "
    "`kinpics people rebuild` and `kinpics publish`"
)
_STALLED_SECONDS = 10 * 60.0
faces_argument = click.argument("faces", metavar="FACE...", nargs=-1, required=True)


def _calls(context: Context) -> "PeopleCalls":
    from scripts.people.people_calls import PeopleCalls

    return PeopleCalls(context.stack)


def _tell(events: list[dict[str, Any]], done: str, as_json: bool) -> None:
    """Print what was decided, and how to undo it."""
    if as_json:
        echo_json(events)
    else:
        for line in done.splitlines():
            echo(line)
        ids = " ".join(event["id"] for event in reversed(events))
        echo(f"undo it with `kinpics people undo {ids}`", err=True)


def _whoever(calls: "PeopleCalls", name: str, *, new: bool) -> tuple[list[dict[str, Any]], str]:
    """The person with a name or an id, and the decision that somebody new has that name if there is no such person."""
    if is_ulid(name):
        return [], calls.person(name)["id"]
    known = [] if new else calls.named(name)
    if known:
        return [], calls.person(name)["id"] if len(known) > 1 else known[0]["id"]
    return [{"kind": "name", "person": "new", "name": name}], "new"


@click.command("list")
@json_option
@click.pass_obj
def people_list(context: Context, as_json: bool) -> None:
    """List the people in the photos, most photographed first.

    Prints each person's name, number of photos and id, and whether they are hidden.
    """
    calls = _calls(context)
    if as_json:
        echo_json(calls.people)
        return
    for person in calls.people:
        hidden = ["hidden"] if person["hidden"] else []
        echo(person["name"], count(person["photos"], "photo"), person["id"], *hidden)
    asked = calls.call("questions", limit=1)
    if waiting := asked["total"] - asked["named"]:
        echo(f"{count(waiting, 'more person', 'more people')} without a name: {_ask_at(context)}", err=True)


def _ask_at(context: Context) -> str:
    return context.stack.site_address("/people/")


@click.command("photo")
@click.argument("path", metavar="SET/PHOTO")
@json_option
@click.pass_obj
def people_photo(context: Context, path: str, as_json: bool) -> None:
    """List the faces in a photo, from left to right.

    Prints each face as other commands take it, and who it is.
    """
    found = _calls(context).call("photo", path=path)
    if as_json:
        echo_json(found)
        return
    for number, face in enumerate(found["faces"], 1):
        echo(f"{path}#{number}", face["name"] or face["ignored"] or "no name yet", face["origin"] or "")


@click.command("name")
@click.argument("who", metavar="FACE|PERSON")
@click.argument("name")
@click.option("--new", is_flag=True, help="A new person, who only shares a known person's name.")
@json_option
@click.pass_obj
def people_name(context: Context, who: str, name: str, new: bool, as_json: bool) -> None:
    """Say who a face is, or give a person another name.

    FACE is SET/PHOTO#2 for the second face from the left, or a face id; PERSON is a name or an id. If somebody is
    called NAME already, the face is theirs; if several people are, give an id instead of NAME.
    """
    from scripts.people.people_calls import is_face

    calls = _calls(context)
    if not is_face(who):
        person = calls.person(who)
        others = [entry for entry in calls.named(name) if entry["id"] != person["id"]]
        if others and not new:
            raise click.ClickException(
                f"somebody else is called {name}: if it is the same person, run `kinpics people merge {person['id']} "
                f"{others[0]['id']}`, else add --new"
            )
        _tell(calls.decide({"kind": "name", "person": person["id"], "name": name}), f"{who} is {name}", as_json)
        return
    face = calls.face(who)
    drafts, whose = _whoever(calls, name, new=new)
    _tell(calls.decide(*drafts, {"kind": "assign", "person": whose, "faces": [face]}), f"{who} is {name}", as_json)


@click.command("merge")
@click.argument("person")
@click.argument("into")
@json_option
@click.pass_obj
def people_merge(context: Context, person: str, into: str, as_json: bool) -> None:
    """Say that two people are one.

    All photos of PERSON become those of INTO, whose name stays.
    """
    calls = _calls(context)
    one, other = calls.person(person), calls.person(into)
    events = calls.decide({"kind": "merge", "person": one["id"], "into": other["id"]})
    _tell(events, f"{one['name']} was merged into {other['name']}", as_json)


@click.command("split")
@click.argument("person")
@faces_argument
@click.option("--name", help="Name of the person the faces belong to. They stay without a name by default.")
@json_option
@click.pass_obj
def people_split(context: Context, person: str, faces: tuple[str, ...], name: str | None, as_json: bool) -> None:
    """Say that some of a person's faces are somebody else.

    FACE is SET/PHOTO#2 for the second face from the left, or a face id.
    """
    calls = _calls(context)
    known = calls.person(person)
    some = calls.faces_of(known, faces)
    if len(some) == len(calls.call("person", person=known["id"])["faces"]):
        raise click.ClickException(
            f"these are all the faces of {known['name']}: give {known['name']} another name with "
            "`kinpics people name`, or say who it is with `kinpics people merge`"
        )
    known_as = calls.named(name) if name else []
    to = calls.person(name)["id"] if name and known_as else "new"
    draft = {"kind": "split", "person": known["id"], "faces": some, "to": to}
    events = calls.decide(draft | ({"name": name} if name and not known_as else {}))
    _tell(events, f"{count(len(faces), 'face')} taken from {known['name']}", as_json)


@click.command("not")
@click.argument("person")
@faces_argument
@json_option
@click.pass_obj
def people_not(context: Context, person: str, faces: tuple[str, ...], as_json: bool) -> None:
    """Say for good that some faces aren't this person.

    FACE is SET/PHOTO#2 for the second face from the left, or a face id.
    """
    calls = _calls(context)
    known = calls.person(person)
    events = calls.decide({"kind": "reject", "person": known["id"], "faces": list(map(calls.face, faces))})
    _tell(events, f"{count(len(faces), 'face')} won't be taken for {known['name']} again", as_json)


@click.command("hide")
@click.argument("person")
@json_option
@click.pass_obj
def people_hide(context: Context, person: str, as_json: bool) -> None:
    """Hide a person from visitors.

    Also takes their name out of photos' keywords and publishes the pages again. The photos' files stay as they are.
    """
    from scripts.deployment.publish import build_and_publish
    from scripts.people.site_journal import wait_for_round
    from scripts.photos.withholding import withhold_hidden_names

    calls = _calls(context)
    known = calls.person(person)
    events = calls.decide({"kind": "hide", "person": known["id"]})
    # Another round may have been running, and pages are made from what rounds write.
    is_unseen = wait_for_round(context.stack, lambda state: not state.is_shown(known["id"]))
    withhold_hidden_names(context.stack)
    build_and_publish(context.stack)
    if not is_unseen:
        raise click.ClickException(STILL_SHOWN)
    _tell(events, f"{known['name']} is hidden", as_json)


@click.command("show")
@click.argument("person")
@json_option
@click.pass_obj
def people_show(context: Context, person: str, as_json: bool) -> None:
    """Show a hidden person again.

    In keywords, the name comes back when the photos are processed again: `kinpics reprocess SET`.
    """
    calls = _calls(context)
    known = calls.person(person)
    _tell(calls.decide({"kind": "show", "person": known["id"]}), f"{known['name']} is shown again", as_json)
    if known["hidden"]:
        echo("in keywords, the name comes back with `kinpics reprocess SET`", err=True)


@click.command("portrait")
@click.argument("person")
@click.argument("face")
@json_option
@click.pass_obj
def people_portrait(context: Context, person: str, face: str, as_json: bool) -> None:
    """Choose a person's portrait.

    FACE is SET/PHOTO#2 for the second face from the left, or a face id.
    """
    calls = _calls(context)
    known = calls.person(person)
    (chosen,) = calls.faces_of(known, [face])
    events = calls.decide({"kind": "portrait", "person": known["id"], "face": chosen})
    _tell(events, f"{face} is the portrait of {known['name']} now", as_json)


@click.command("birth")
@click.argument("person")
@click.argument("date", metavar="DATE")
@json_option
@click.pass_obj
def people_birth(context: Context, person: str, date: str, as_json: bool) -> None:
    """Set a person's birth date: they are in no earlier photo.

    DATE is YYYY-MM-DD, or `unknown`.
    """
    calls = _calls(context)
    known = calls.person(person)
    born = None if date == "unknown" else date
    if born and not re.fullmatch(r"\d{4}-\d\d-\d\d", born):
        raise click.BadParameter(f"{date} isn't a date: write YYYY-MM-DD, or unknown", param_hint="DATE")
    events = calls.decide({"kind": "birth", "person": known["id"], "date": born})
    _tell(
        events,
        f"{known['name']} was born on {born}" if born else f"the birth date of {known['name']} was removed",
        as_json,
    )


@click.command("ignore")
@faces_argument
@click.option("--no-face", is_flag=True, help="They aren't faces at all; without this, they are a stranger's.")
@json_option
@click.pass_obj
def people_ignore(context: Context, faces: tuple[str, ...], no_face: bool, as_json: bool) -> None:
    """Never ask about some faces again.

    FACE is SET/PHOTO#2 for the second face from the left, or a face id.
    """
    calls = _calls(context)
    why = "no-face" if no_face else "stranger"
    events = calls.decide({"kind": "ignore", "faces": list(map(calls.face, faces)), "why": why})
    _tell(events, f"you won't be asked about {count(len(faces), 'face')} again", as_json)


@click.command("draw")
@click.argument("photo", metavar="SET/PHOTO")
@click.argument("box", metavar="LEFT,TOP,WIDTH,HEIGHT")
@click.argument("name", required=False)
@click.option("--new", is_flag=True, help="A new person, who only shares a known person's name.")
@json_option
@click.pass_obj
def people_draw(context: Context, photo: str, box: str, name: str | None, new: bool, as_json: bool) -> None:
    """Draw a face that was missed, and say whose it is.

    LEFT,TOP,WIDTH,HEIGHT are fractions of the photo as it is shown: 0.5,0,0.5,1 is its right half.
    """
    from scripts.people.people_calls import read_box

    calls = _calls(context)
    drawn: dict[str, Any] = {"kind": "box", "face": {"path": photo, "box": read_box(box)}}
    if name is None:
        _tell(calls.decide(drawn), f"a face was drawn in {photo}", as_json)
        return
    drafts, person = _whoever(calls, name, new=new)
    _tell(calls.decide(*drafts, drawn | {"person": person}), f"a face of {name} was drawn in {photo}", as_json)


@click.command("undo")
@click.argument("decisions", metavar="[DECISION]...", nargs=-1)
@json_option
@click.pass_obj
def people_undo(context: Context, decisions: tuple[str, ...], as_json: bool) -> None:
    """Undo decisions, however old; by default the latest.

    DECISION is the id that `kinpics people history` prints. An undo can be undone, too.
    """
    from scripts.people.history_lines import sentence

    calls = _calls(context)
    for decision in decisions:
        if not is_ulid(decision):
            raise click.ClickException(f"{decision} isn't a decision: `kinpics people history` lists their ids")
    if not decisions:
        latest = [one for one in calls.call("history")["decisions"] if one["kind"] != "undo" and not one["undone"]]
        if not latest:
            raise click.ClickException("there is nothing to undo: `kinpics people history` lists the decisions")
        decisions = (latest[0]["id"],)
    events = calls.decide(*({"kind": "undo", "event": decision} for decision in decisions))
    ids = {event["id"] for event in events}
    told = [sentence(one) for one in calls.call("history")["decisions"] if one["id"] in ids]
    _tell(events, "\n".join(reversed(told)), as_json)


@click.command("history")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many to list.")
@json_option
@click.pass_obj
def people_history(context: Context, limit: int, as_json: bool) -> None:
    """List decisions about people, newest first.

    Prints each decision's id, its time, who made it and what it says, with the names that people had then.
    """
    from scripts.people.history_lines import sentence

    found = _calls(context).call("history", limit=limit)
    if as_json:
        echo_json(found)
        return
    for one in found["decisions"]:
        echo(one["id"], one["at"][:16], one["by"], sentence(one), *["(undone since)"][: one["undone"]])
    if found["unread"]:
        echo(
            f"{count(found['unread'], 'decision')} damaged, or from a newer kinpics: kept, but without effect; "
            "`kinpics export` has them in people.jsonl",
            err=True,
        )


@click.command("rebuild")
@click.pass_obj
def people_rebuild(context: Context) -> None:
    """Rebuild everything about people from your decisions.

    Nobody loses a name, and nothing is paid for twice. Run this if pages about people look wrong.
    """
    from scripts.people.catching_up import drop_given_up, tell_of_all, wait_until_recognised
    from scripts.people.site_journal import between_rounds, finish_forgetting

    stack = context.stack
    echo("The people function looks at every photo again ...", err=True)
    # A round that has begun would keep at its end what it knew before.
    with between_rounds(stack):
        finish_forgetting(stack)
        tell_of_all(stack)
    if not wait_until_recognised(stack, _STALLED_SECONDS):
        echo("it is still at work: `kinpics doctor` says when it has failed", err=True)
        sys.exit(1)
    drop_given_up(stack)
    echo(f"{count(len(_calls(context).people), 'person', 'people')} with a name")


COMMANDS = (
    people_list,
    people_photo,
    people_name,
    people_merge,
    people_split,
    people_not,
    people_hide,
    people_show,
    people_portrait,
    people_birth,
    people_ignore,
    people_draw,
    people_undo,
    people_history,
    people_rebuild,
)
