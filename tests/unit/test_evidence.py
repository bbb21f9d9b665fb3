"""What searches have found stays true while faces come and go."""

import json

import pytest

from functions.people.evidence import FLOOR, Evidence, odds


def evidence_of(*faces: str) -> Evidence:
    evidence = Evidence()
    evidence.meet(faces)
    return evidence


@pytest.mark.parametrize(("similarity", "wanted"), [(50, 0), (90, 2.197), (99, 4.595), (100, 13.8), (0, -13.8)])
def test_odds_grow_with_similarity(similarity: float, wanted: float) -> None:
    assert odds(similarity) == pytest.approx(wanted, abs=0.001)


def test_a_search_tells_of_all_faces_there_are() -> None:
    evidence = evidence_of("a", "b", "c")
    evidence.keep("a", [("b", 99.0)])
    assert dict(evidence.alike("a")) == {"b": pytest.approx(odds(99), abs=0.001)}
    assert evidence.is_complete("a")
    assert not evidence.is_searched("b")


def test_a_later_face_is_unknown_until_either_is_searched() -> None:
    for searched in ("a", "new"):
        evidence = evidence_of("a", "b")
        evidence.keep("a", [("b", 99.0)])
        evidence.meet(["a", "b", "new"])
        assert not evidence.is_complete("a")
        assert evidence.unknown_to(["a"]) == ["new"]
        evidence.keep(searched, [("a" if searched == "new" else "new", 95.0), ("b", 99.0)])
        assert evidence.is_complete("a")
        assert dict(evidence.alike("a"))["new"] == pytest.approx(odds(95), abs=0.001)


def test_a_face_that_is_searched_twice_is_found_once() -> None:
    evidence = evidence_of("a")
    evidence.keep("a", [])
    evidence.meet(["a", "new"])
    for _ in range(2):
        evidence.keep("new", [("a", 95.0)])
    assert len(list(evidence.alike("a"))) == 1


def test_a_face_that_is_gone_is_forgotten_and_the_others_arent() -> None:
    evidence = evidence_of("a", "b", "c", "d")
    evidence.keep("c", [("a", 99.0), ("d", 90.0)])
    evidence.keep("a", [("c", 99.0)])
    evidence.in_use = frozenset("ac")
    evidence.meet("bcd")
    assert [face for face, _ in evidence.alike("c")] == ["d"]
    assert evidence.is_complete("c")
    assert evidence.in_use == {"c"}
    evidence.meet("abcd")
    assert not evidence.is_searched("a")
    assert evidence.unknown_to(["c"]) == ["a"]


def test_faces_nobody_met_are_passed_over() -> None:
    evidence = evidence_of("a")
    evidence.keep("a", [("of another photo", 99.0)])
    assert list(evidence.alike("a")) == []


def test_evidence_survives_its_file() -> None:
    evidence = evidence_of("a", "b", "c")
    evidence.keep("b", [("a", 99.9), ("c", 41.0)])
    evidence.in_use = frozenset("b")
    evidence.meet("abcd")
    again = Evidence.from_json(json.loads(json.dumps(evidence.to_json())))
    assert again.to_json() == evidence.to_json()
    assert list(again.alike("b")) == list(evidence.alike("b"))
    assert again.unknown_to(["b"]) == ["d"]
    assert dict(again.alike("b"))["c"] > FLOOR


@pytest.mark.parametrize("kept", [None, {"v": 99, "faces": ["a"]}, []])
def test_what_another_release_wrote_is_no_evidence(kept: object) -> None:
    evidence = Evidence.from_json(kept)
    evidence.meet("a")
    assert not evidence.is_searched("a")
