"""What was decided about people, each in a sentence, as the page History says it (site/js/owner/history.js)."""

from typing import Any

from scripts.common.words import count

_NOBODY = "somebody without a name"


def sentence(decision: dict[str, Any]) -> str:
    """A decision of the people function's history (docs/data.md), with the names that people had then."""
    who, into, to = (_name(decision.get(part)) for part in ("person", "into", "to"))
    faces = count(decision["faces"], "face")
    are = "is" if decision["faces"] == 1 else "are"
    name, date = decision.get("name"), decision.get("date")
    match decision["kind"]:
        case "name":
            return f"{decision['was']} is called {name} now" if "was" in decision else f"named: {name}"
        case "assign":
            return f"{faces} {are} {who}"
        case "reject":
            return f"{faces} {are} not {who}"
        case "ignore":
            if decision.get("why") == "stranger":
                return f"{faces} {are} a stranger's"
            return "1 box isn't a face" if decision["faces"] == 1 else f"{decision['faces']} boxes aren't faces"
        case "box":
            return f"a face was drawn: {who}" if "person" in decision else "a face was drawn"
        case "merge":
            return f"{who} was merged into {into}"
        case "split":
            return f"{faces} moved from {who} to {name or to}"
        case "hide":
            return f"{who} was hidden"
        case "show":
            return f"{who} is shown again"
        case "portrait":
            return f"a portrait of {who} was chosen"
        case "birth":
            return f"{who} was born on {date}" if date else f"the birth date of {who} was removed"
        case "import":
            return f"{faces} named in a photo's file"
        case "said":
            return f"said to be in a photo: {', '.join(decision.get('names', ()))}"
        case "undo" if "step" in decision:
            return f"{'done again' if decision['again'] else 'undone'}: {sentence(decision['step'])}"
        case "undo":
            return "a step was undone"
        case "forgotten":
            return "somebody was forgotten"
        case "replace":
            return "a photo's file was replaced by another one of the same picture"
        case kind:
            return str(kind)


def _name(person: dict[str, Any] | None) -> str:
    return (person and person["name"]) or _NOBODY
