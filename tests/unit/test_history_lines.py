"""What `kinpics people history` says of each decision."""

from typing import Any

import pytest

from scripts.people.history_lines import sentence

ANN, BOB = {"person": {"id": "A", "name": "Ann"}}, {"id": "B", "name": "Bob"}
MERGED = {"kind": "merge", "faces": 0, **ANN, "into": BOB}


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        ({"kind": "name", **ANN, "name": "Ann"}, "named: Ann"),
        ({"kind": "name", **ANN, "name": "Anna", "was": "Ann"}, "Ann is called Anna now"),
        ({"kind": "assign", **ANN, "faces": 2}, "2 faces are Ann"),
        ({"kind": "reject", "person": {"id": "A", "name": None}, "faces": 1}, "1 face is not somebody without a name"),
        ({"kind": "ignore", "why": "stranger", "faces": 3}, "3 faces are a stranger's"),
        ({"kind": "said", "names": ["Ann", "Bob"], "faces": 0}, "said to be in a photo: Ann, Bob"),
        ({"kind": "ignore", "why": "no-face", "faces": 2}, "2 boxes aren't faces"),
        ({"kind": "box", "faces": 1}, "a face was drawn"),
        ({"kind": "box", **ANN, "faces": 1}, "a face was drawn: Ann"),
        (MERGED, "Ann was merged into Bob"),
        ({"kind": "split", **ANN, "faces": 1, "to": BOB}, "1 face moved from Ann to Bob"),
        ({"kind": "hide", **ANN}, "Ann was hidden"),
        ({"kind": "show", **ANN}, "Ann is shown again"),
        ({"kind": "portrait", **ANN, "faces": 1}, "a portrait of Ann was chosen"),
        ({"kind": "birth", **ANN, "date": "2019-05-01"}, "Ann was born on 2019-05-01"),
        ({"kind": "birth", **ANN}, "the birth date of Ann was removed"),
        ({"kind": "import", "faces": 2}, "2 faces named in a photo's file"),
        ({"kind": "undo", "step": MERGED, "again": False}, "undone: Ann was merged into Bob"),
        ({"kind": "undo", "step": MERGED, "again": True}, "done again: Ann was merged into Bob"),
        ({"kind": "undo"}, "a step was undone"),
        ({"kind": "forgotten"}, "somebody was forgotten"),
        ({"kind": "replace"}, "a photo's file was replaced by another one of the same picture"),
        ({"kind": "of a newer release"}, "of a newer release"),
    ],
)
def test_each_kind_of_decision_is_a_sentence(decision: dict[str, Any], told: str) -> None:
    assert sentence({"faces": 0, **decision}) == told
