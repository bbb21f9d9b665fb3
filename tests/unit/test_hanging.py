"""Decisions find their faces again."""

from people_cases import Journal, box, imported, inventory, named_in_file, person, photo, ref, regions, sha256

from functions.people.boxes import Box
from functions.people.deciding import replacements
from functions.people.hanging import DRAWN, IMPORTED, Hung, hang
from functions.people.inventory import Inventory
from functions.people.knowledge import fold

ANN, BOB, CARL = person(1), person(2), person(3)
PHOTO = photo("set/a.jpg", 1, 2, 3, taken_at="2019-05-01T12:00:00")
ONE, TWO = "e-set/a.jpg-1", "e-set/a.jpg-2"


def hung(journal: Journal, *photos: object) -> Hung:
    return hang(fold(journal.events), inventory(*photos))  # type: ignore[arg-type]


def named() -> Journal:
    journal = Journal()
    journal.add("name", person=ANN, name="Ann")
    journal.add("assign", person=ANN, faces=[ref(PHOTO, 1)])
    return journal


def test_a_name_hangs_on_its_face() -> None:
    assert hung(named(), PHOTO).confirmed == {ONE: ANN}


def test_a_name_hangs_on_every_photo_with_the_same_bytes() -> None:
    copy = photo("other/b.jpg", 1, 2, content="set/a.jpg")
    assert hung(named(), PHOTO, copy).confirmed == {ONE: ANN, "e-other/b.jpg-1": ANN}


def test_a_photo_that_moved_is_known_by_its_bytes_whatever_is_at_its_old_path() -> None:
    moved = PHOTO._replace(path="other/b.jpg")
    another = photo("set/a.jpg", 1, content="another picture", engine="new")
    assert hung(named(), moved, another).confirmed == {ONE: ANN}


def test_a_replaced_file_of_the_same_picture_keeps_its_names() -> None:
    replaced = PHOTO._replace(sha256=sha256("saved again"), faces=photo("set/a.jpg", 1, 2, engine="new").faces)
    assert hung(named(), replaced).confirmed == {"new-set/a.jpg-1": ANN}


def test_a_replaced_file_keeps_what_was_drawn_if_it_is_of_the_same_second() -> None:
    journal = named()
    journal.add("box", face=ref(PHOTO, 7), person=BOB)
    again = PHOTO._replace(sha256=sha256("saved again"))
    found = hung(journal, again)
    assert set(found.confirmed.values()) == {ANN, BOB}
    assert found.replaced == ((PHOTO.sha256, again.sha256),)


def test_without_a_date_half_of_the_faces_tell_the_same_picture() -> None:
    where = PHOTO._replace(taken_at=None)
    journal = Journal()
    for place, who in ((1, ANN), (2, BOB), (7, CARL)):
        journal.add("box", face=ref(where, place), person=who)
    again = where._replace(sha256=sha256("saved again"))
    assert set(hung(journal, again).confirmed.values()) == {ANN, BOB, CARL}
    other = again._replace(faces=photo("set/a.jpg", 1, 4, 5).faces)
    found = hung(journal, other)
    assert (found.confirmed, len(found.waiting), found.replaced) == ({}, 3, ())


def test_a_file_that_moved_before_it_was_replaced_is_followed() -> None:
    journal = named()
    moved = PHOTO._replace(path="other/b.jpg")
    again = moved._replace(sha256=sha256("saved again"))
    now, earlier = inventory(again), inventory(moved)
    assert now.replaced_since(earlier) == {PHOTO.sha256: ["other/b.jpg"]}
    found = hang(fold(journal.events), now, now.replaced_since(earlier))
    assert found.confirmed == {ONE: ANN}
    # From then on, the journal knows it, wherever the file goes.
    journal.events += replacements(found, "2026-11-26T10:00:00+00:00")
    assert hung(journal, again._replace(path="far/c.jpg")).confirmed == {ONE: ANN}
    assert hung(journal, again).replaced == ()


def test_one_of_two_copies_that_is_replaced_keeps_its_name_as_well() -> None:
    journal = named()
    copy = photo("other/b.jpg", 1, content="set/a.jpg", taken_at=PHOTO.taken_at)
    again = copy._replace(sha256=sha256("saved again"))
    now = inventory(PHOTO, again)
    found = hang(fold(journal.events), now, now.replaced_since(inventory(PHOTO, copy)))
    assert found.confirmed == {ONE: ANN, "e-other/b.jpg-1": ANN}
    journal.events += replacements(found, "2026-11-26T10:00:00+00:00")
    assert hung(journal, PHOTO, again).confirmed == {ONE: ANN, "e-other/b.jpg-1": ANN}


def test_two_files_that_change_places_keep_their_own_names() -> None:
    one, other = (photo(f"set/{name}.jpg", 1) for name in ("a", "b"))
    journal = Journal()
    journal.add("assign", person=ANN, faces=[ref(one, 1)])
    journal.add("assign", person=BOB, faces=[ref(other, 1)])
    now = inventory(one._replace(path=other.path), other._replace(path=one.path))
    found = hang(fold(journal.events), now, now.replaced_since(inventory(one, other)))
    assert found.confirmed == {"e-set/a.jpg-1": ANN, "e-set/b.jpg-1": BOB}


def test_a_file_that_is_replaced_and_put_back_is_no_ring() -> None:
    journal = named()
    again = sha256("saved again")
    journal.add("replace", photo=again, was=PHOTO.sha256)
    journal.add("replace", photo=PHOTO.sha256, was=again)
    assert hung(journal, PHOTO).confirmed == hung(journal, PHOTO._replace(sha256=again)).confirmed == {ONE: ANN}


def test_another_picture_under_an_old_path_gets_no_name() -> None:
    other = photo("set/a.jpg", 1, content="another", taken_at="2024-01-01T00:00:00")
    found = hung(named(), other)
    assert found.confirmed == {}
    assert [fact.person for fact in found.waiting] == [ANN]


def test_another_engines_larger_or_smaller_boxes_are_the_same_faces() -> None:
    for size in (0.04, 0.06, 0.12, 0.18):
        faces = tuple(
            face._replace(id=f"new-{face.id}", box=box(place, size)) for place, face in enumerate(PHOTO.faces, 1)
        )
        assert hung(named(), PHOTO._replace(faces=faces)).confirmed == {f"new-{ONE}": ANN}


def test_a_face_that_another_engine_does_not_find_keeps_its_name_and_box() -> None:
    found = hung(named(), PHOTO._replace(faces=PHOTO.faces[1:]))
    (face,) = found.kept.values()
    assert (face.path, face.box, face.origin) == ("set/a.jpg", box(1), DRAWN)
    assert found.confirmed == {face.id: ANN}
    assert found.waiting == ()


def test_a_name_waits_for_its_photo_and_comes_back_with_it() -> None:
    found = hung(named(), photo("set/other.jpg", 1))
    assert found.confirmed == {}
    assert len(found.waiting) == 1
    assert hung(named(), PHOTO).waiting == ()


def test_two_faces_that_one_box_could_be_keep_both_names() -> None:
    left, between, right = (Box.of([middle - 0.05, 0.4, 0.1, 0.1]) for middle in (0.15, 0.17, 0.21))
    journal = Journal()
    for who, where in ((BOB, right), (ANN, left)):
        journal.add("assign", person=who, faces=[ref(PHOTO, 1)._replace(box=where, face=None)])
    found = hung(journal, PHOTO._replace(faces=(PHOTO.faces[0]._replace(box=between),)))
    (kept,) = found.kept.values()
    assert kept.box == right
    assert found.confirmed == {ONE: ANN, kept.id: BOB}


def test_of_two_finds_at_one_place_the_one_that_overlaps_most_is_the_face() -> None:
    small, alike = (PHOTO.faces[0]._replace(id=name, box=box(1, size)) for name, size in (("a", 0.04), ("b", 0.09)))
    assert hung(named(), PHOTO._replace(faces=(small, alike))).confirmed == {"b": ANN}


def test_the_latest_word_on_a_face_holds() -> None:
    journal = named()
    journal.add("assign", person=BOB, faces=[ref(PHOTO, 1)])
    assert hung(journal, PHOTO).confirmed == {ONE: BOB}
    journal.add("reject", person=ANN, faces=[ref(PHOTO, 1)])
    assert hung(journal, PHOTO).confirmed == {ONE: BOB}
    journal.add("reject", person=BOB, faces=[ref(PHOTO, 1)])
    found = hung(journal, PHOTO)
    assert (found.confirmed, found.rejected) == ({}, {ONE: frozenset({ANN, BOB})})
    journal.add("assign", person=ANN, faces=[ref(PHOTO, 1)])
    found = hung(journal, PHOTO)
    assert (found.confirmed, found.rejected) == ({ONE: ANN}, {ONE: frozenset({BOB})})
    journal.add("assign", person=CARL, faces=[ref(PHOTO, 1)])
    assert hung(journal, PHOTO).rejected == {ONE: frozenset({BOB})}


def test_a_later_word_on_another_engines_box_is_about_the_same_face() -> None:
    journal = named()
    later = replace_box(ref(PHOTO, 1)._asdict(), box(1, 0.12))
    journal.add("assign", person=BOB, faces=[later])
    assert hung(journal, PHOTO).confirmed == {ONE: BOB}


def replace_box(face: dict[str, object], larger: Box) -> dict[str, object]:
    return face | {"box": list(larger)}


def test_an_ignored_face_is_asked_about_again_only_if_it_is_named() -> None:
    journal = named()
    journal.add("ignore", faces=[ref(PHOTO, 1), ref(PHOTO, 2)], why="stranger")
    found = hung(journal, PHOTO)
    assert (found.confirmed, found.ignored) == ({}, {ONE: "stranger", TWO: "stranger"})
    journal.add("assign", person=ANN, faces=[ref(PHOTO, 1)])
    found = hung(journal, PHOTO)
    assert (found.confirmed, found.ignored) == ({ONE: ANN}, {TWO: "stranger"})


def test_a_split_takes_faces_away_for_good_and_undo_brings_them_back() -> None:
    journal = named()
    split = journal.add("split", person=ANN, faces=[ref(PHOTO, 1)], to=BOB, name="Bob")
    found = hung(journal, PHOTO)
    assert (found.confirmed, found.rejected) == ({ONE: BOB}, {ONE: frozenset({ANN})})
    assert fold(journal.events).people[ANN].name == "Ann"
    journal.add("undo", event=split)
    assert hung(journal, PHOTO).confirmed == {ONE: ANN}
    assert BOB not in fold(journal.events).people


def test_not_this_person_holds_for_all_who_were_one_at_that_time() -> None:
    journal = named()
    merge = journal.add("merge", person=ANN, into=BOB)
    journal.add("reject", person=BOB, faces=[ref(PHOTO, 1)])
    assert hung(journal, PHOTO).confirmed == {}
    journal.add("undo", event=merge)
    assert hung(journal, PHOTO).confirmed == {ONE: ANN}


def test_a_merge_takes_no_name_off_a_face_that_was_told_apart_before() -> None:
    journal = Journal()
    journal.add("assign", person=BOB, faces=[ref(PHOTO, 1)])
    journal.add("reject", person=ANN, faces=[ref(PHOTO, 1), ref(PHOTO, 2)])
    journal.add("merge", person=ANN, into=BOB)
    found = hung(journal, PHOTO)
    assert (found.confirmed, found.rejected) == ({ONE: BOB}, {TWO: frozenset({BOB})})


def test_a_drawn_face_is_there_until_the_engine_finds_it() -> None:
    journal = Journal()
    journal.add("box", face=ref(PHOTO, 7), person=ANN)
    journal.add("box", face=ref(PHOTO, 8))
    found = hung(journal, PHOTO)
    assert {face.box for face in found.kept.values()} == {box(7), box(8)}
    assert list(found.confirmed.values()) == [ANN]
    found = hung(journal, PHOTO._replace(faces=photo("set/a.jpg", 1, 7).faces))
    assert found.confirmed == {"e-set/a.jpg-7": ANN}
    assert {face.box for face in found.kept.values()} == {box(8)}


def test_a_drawn_face_that_is_no_face_is_gone() -> None:
    journal = Journal()
    journal.add("box", face=ref(PHOTO, 7))
    journal.add("ignore", faces=[ref(PHOTO, 7)], why="no-face")
    assert hung(journal, PHOTO) == Hung()
    journal = Journal()
    drawn = journal.add("box", face=ref(PHOTO, 7), person=ANN)
    journal.add("undo", event=drawn)
    assert hung(journal, PHOTO) == Hung()


def test_an_imported_name_is_below_the_owners_word() -> None:
    journal = Journal()
    journal.add("import", faces=regions((ref(PHOTO, 1), "Ann"), (ref(PHOTO, 7), "Bob")), source="sidecar")
    found = hung(journal, PHOTO)
    (kept,) = found.kept.values()
    assert kept.origin == IMPORTED
    assert found.imported == {ONE: imported("Ann"), kept.id: imported("Bob")}
    journal.add("reject", person=imported("Ann"), faces=[ref(PHOTO, 1)])
    assert hung(journal, PHOTO).imported == {kept.id: imported("Bob")}
    journal.add("assign", person=BOB, faces=[ref(PHOTO, 1)])
    found = hung(journal, PHOTO)
    assert (found.confirmed, found.imported) == ({ONE: BOB}, {kept.id: imported("Bob")})


def test_of_two_sidecars_the_later_one_holds() -> None:
    journal = Journal()
    for at, name in (("2026-11-26T12:00:00+00:00", "Anna"), ("2026-11-26T11:00:00+00:00", "Ann")):
        journal.add("import", at=at, faces=regions((ref(PHOTO, 1), name)), source="sidecar")
    assert hung(journal, PHOTO).imported == {ONE: imported("Anna")}


def test_a_sidecar_that_comes_after_the_owner_doubles_no_face() -> None:
    journal = named()
    wide = ref(PHOTO, 1)._replace(box=box(1, 0.15))
    journal.add("import", faces=regions((wide, "Anna")), source="sidecar")
    found = hung(journal, PHOTO)
    assert (found.confirmed, found.imported, found.kept) == ({ONE: ANN}, {}, {})


def test_names_in_the_photos_own_file_count_as_imported() -> None:
    inside = named_in_file(PHOTO, ("Ann", box(1, 0.15)), ("  ", box(2)), ("Bob", box(9)))
    found = hang(fold([]), inventory(inside))
    (kept,) = found.kept.values()
    assert found.imported == {ONE: imported("Ann"), kept.id: imported("Bob")}
    assert found.names == {imported("Ann"): "Ann", imported("Bob"): "Bob"}


def test_two_faces_of_one_photo_are_one_person_only_if_the_owner_says_so() -> None:
    inside = named_in_file(PHOTO, ("Ann", box(8, 0.1)), ("Ann", box(1, 0.05)))
    assert hang(fold([]), inventory(inside)).imported == {ONE: imported("Ann")}
    journal = named()
    journal.add("assign", person=ANN, faces=[ref(PHOTO, 2)])
    assert hung(journal, PHOTO).confirmed == {ONE: ANN, TWO: ANN}


def test_a_portrait_is_found_again() -> None:
    journal = named()
    journal.add("portrait", person=ANN, face=ref(PHOTO, 1))
    assert hung(journal, PHOTO).portraits == {ANN: ONE}


def test_a_name_given_before_a_row_has_a_sha256_hangs_on_the_path() -> None:
    journal = Journal()
    journal.add("box", face=ref(PHOTO, 7)._replace(photo=None), person=ANN)
    assert list(hung(journal, PHOTO._replace(sha256=None)).confirmed.values()) == [ANN]
    assert list(hung(journal, PHOTO).confirmed.values()) == [ANN]


def test_photos_in_any_order_give_the_same() -> None:
    journal = named()
    photos = [PHOTO, photo("a/1.jpg", 1, content="set/a.jpg"), photo("b/2.jpg", 4)]
    one, other = Inventory.of(photos), Inventory.of(reversed(photos))
    assert one == other
    assert hang(fold(journal.events), one) == hang(fold(journal.events), other)


def test_faces_that_another_engine_describes_again_are_told_from_those_that_are_as_before() -> None:
    before = inventory(PHOTO, photo("set/b.jpg", 1))
    one, *others = PHOTO.faces
    again = before.changed([PHOTO._replace(faces=(one._replace(confidence=91.0), *others)), photo("set/b.jpg", 1, 2)])
    assert again.described_anew_since(before) == {one.id}
    assert before.described_anew_since(before) == again.described_anew_since(inventory()) == set()
