"""Which photos a private address shows (`functions/people/posted_photos.py`)."""

from people_cases import box, inventory, photo

from functions.access.access_rows import PostedAddress
from functions.people.boxes import Box
from functions.people.inventory import Inventory, PhotoFaces
from functions.people.people_state import CONFIRMED, PersonState, State, Unknown, Whose
from functions.people.posted_files import posted_files
from functions.people.posted_photos import MAX_PHOTOS, PostedPhotos
from functions.posted_table import address_id, feed_key, photos_key

A, B, C = photo("2024/a.jpg", 0, 1, taken_at="2024-01-01T10:00:00"), photo("2024/b.jpg", 0), photo("2025/c.jpg", 0, 2)


def address(*places: tuple[PhotoFaces, int], of: str = "1") -> PostedAddress:
    faces = [{"photo": where.sha256, "box": list(box(place))} for where, place in places]
    return PostedAddress(id=of, faces=faces)


def face_of(where: PhotoFaces, place: int = 0) -> str:
    return next(face.id for face in where.faces if face.box == box(place))


def somebody(*faces: str, name: str = "Ann", hidden: bool = False) -> PersonState:
    return PersonState(name, name, name.lower(), (), hidden, None, (), faces, "", "", faces[0], ())


def state(*people: PersonState, unknown: tuple[tuple[str, ...], ...] = (), **more: object) -> State:
    whose = {face: Whose(person.id, CONFIRMED) for person in people for face in person.faces}
    return State(people=people, whose=whose, unknown=tuple(map(Unknown, unknown)), **more)  # type: ignore[arg-type]


def shown(known: State, row: PostedAddress, photos: Inventory | None = None) -> list[str]:
    whose = PostedPhotos(known, photos or inventory(A, B, C)).whose(row)
    return [face.photo.path for face in whose.faces]


def test_an_id_is_made_as_the_page_makes_it() -> None:
    assert address_id("AbCdEfGhIjKlMnOpQrStUv") == "8bfb4a7f6c1cb4073b47072626084118"


def test_a_face_that_nobody_has_recognised_stands_for_its_own_photo() -> None:
    whose = PostedPhotos(State(), inventory(A, B, C)).whose(address((A, 0)))
    assert [face.photo.path for face in whose.faces] == ["2024/a.jpg"]
    assert not whose.is_known
    assert not whose.is_lost


def test_unknown_faces_are_shown_with_their_group_and_other_faces_groups() -> None:
    known = state(unknown=((face_of(A), face_of(B)), (face_of(C),), (face_of(A, 1),)))
    assert shown(known, address((A, 0))) == ["2024/a.jpg", "2024/b.jpg"]
    assert set(shown(known, address((A, 0), (C, 0)))) == {"2024/a.jpg", "2024/b.jpg", "2025/c.jpg"}


def test_the_first_face_that_is_there_says_who_it_is() -> None:
    ann, bob = somebody(face_of(A), face_of(C)), somebody(face_of(B), name="Bob")
    assert set(shown(state(ann, bob), address((A, 0), (B, 0)))) == {"2024/a.jpg", "2025/c.jpg"}
    assert shown(state(ann, bob), address((A, 0), (B, 0)), inventory(B)) == ["2024/b.jpg"]


def test_of_somebody_hidden_nothing_is_shown() -> None:
    assert shown(state(somebody(face_of(A), hidden=True)), address((A, 0))) == []
    without_name = State(whose={face_of(A): Whose("nobody", CONFIRMED)})
    assert shown(without_name, address((A, 0))) == []


def test_somebody_whom_only_decisions_know_is_shown_like_a_group() -> None:
    whose = {face: Whose("nobody", CONFIRMED) for face in (face_of(A), face_of(B))}
    known = State(whose=whose, unknown=(Unknown((face_of(A), face_of(B)), (), "nobody"),))
    assert set(shown(known, address((A, 0)))) == {"2024/a.jpg", "2024/b.jpg"}


def test_another_engines_box_at_the_same_place_is_the_same_face() -> None:
    row = PostedAddress(id="1", faces=[{"photo": A.sha256, "box": list(box(0, 0.1))}])
    assert shown(State(), row) == ["2024/a.jpg"]


def test_a_face_that_is_gone_from_its_photo_ends_the_address() -> None:
    photos = PostedPhotos(State(), inventory(photo("2024/a.jpg", 1)))
    assert photos.whose(address((A, 0))).is_lost
    assert not photos.whose(address((B, 0))).is_lost, "its photo may come back"
    assert posted_files([address((A, 0), of="x"), address((B, 0))], photos, "").lost == ["x"]


def test_sets_that_are_not_everywhere_are_left_out() -> None:
    known = state(somebody(face_of(A), face_of(C)))
    photos = PostedPhotos(known, inventory(A, B, C), lambda set_name: set_name != "2024")
    assert [face.photo.path for face in photos.whose(address((A, 0))).faces] == ["2025/c.jpg"]


def test_a_page_has_no_more_than_a_browser_can_read() -> None:
    many = [photo(f"2024/{number:05}.jpg", 0) for number in range(MAX_PHOTOS + 1)]
    known = state(unknown=(tuple(map(face_of, many)),))
    assert len(shown(known, address((many[0], 0)), inventory(many))) == MAX_PHOTOS


def test_addresses_of_one_person_have_the_same_photos_and_their_own_feeds() -> None:
    known = state(unknown=((face_of(A), face_of(B)),))
    rows = [address((A, 0), of="1" * 32), address((B, 0), of="2" * 32)]
    files = posted_files(rows, PostedPhotos(known, inventory(A, B, C)), "https://x.example").files
    one, other = ((files[photos_key(row.id)], files[feed_key(row.id)]) for row in rows)
    assert one[0] == other[0]
    assert one[1] == other[1].replace(b"2" * 32, b"1" * 32) != other[1]


def test_on_a_laptop_a_feeds_addresses_begin_at_its_site() -> None:
    row = address((A, 0), of="1" * 32)
    files = posted_files([row], PostedPhotos(State(), inventory(A)), "").files
    assert b'href="/sets/2024/photos/a.jpg/"' in files[feed_key(row.id)]


def test_an_inventory_of_an_earlier_release_is_read() -> None:
    known = inventory(A, B._replace(processed_at="2026-01-01T10:00:00.000+00:00"))
    content = known.to_json()
    assert Inventory.from_json(content) == known
    earlier = {**content, "photos": [entry[:-1] for entry in content["photos"]]}
    assert Inventory.from_json(earlier) == inventory(A, B)
    assert Box(*earlier["photos"][0][7][0][1:5]) == A.faces[0].box
