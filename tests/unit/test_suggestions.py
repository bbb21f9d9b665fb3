"""Who is suggested for a face without a name."""

from functions.people.suggestions import ALIKE, SAME_PHOTOS, SAME_SET, Company


def test_people_who_do_not_look_alike_only_fill_up_to_four() -> None:
    company = Company({"set/a.jpg": ["ANN", "BEA"], **{f"set/{who}.jpg": [who] for who in "CDEFGHIJKL"}})

    def reasons(alike: str) -> list[str]:
        return [one.why for one in company.suggest(["set/new.jpg"], alike, lambda person: True)]

    assert reasons("") == [SAME_SET] * 4
    assert reasons("CDE") == [ALIKE] * 3 + [SAME_SET]
    assert reasons("CDEFGHIJKL") == [ALIKE] * 9
    beside_ann = company.suggest(["set/a.jpg"], "", lambda person: person != "BEA")
    assert [one.why for one in beside_ann] == [SAME_SET] * 4
    company = Company({"set/a.jpg": ["ANN"], "set/b.jpg": ["ANN", "BEA"]})
    assert [one.why for one in company.suggest(["set/a.jpg"], "", lambda person: True)] == [SAME_PHOTOS]
