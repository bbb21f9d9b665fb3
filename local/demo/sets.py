"""The demo's four sets: every photo with its title, its caption, when it was taken, and how it is made.

A photo cropped from a package's photo keeps that photo's date and camera, if it has them.
"""

from dataclasses import dataclass
from datetime import datetime

from local.demo import landscapes
from local.demo.landscapes import LANDSCAPE, PANORAMA, PORTRAIT
from local.demo.light import cool, film, mono, warm
from local.demo.recipes import Recipe, booth_of, drawn, lit, of, pair_of, sheet_of, string_of, table_of, wall_of


@dataclass(frozen=True)
class Photo:
    """A photo to make. ``source`` is the package's photo that it is cropped from, and ``taken`` is ISO 8601."""

    file: str
    title: str
    caption: str
    taken: str
    recipe: Recipe
    source: str | None = None
    turned: bool = False

    @property
    def moment(self) -> datetime:
        """When it was taken, in local time."""
        return datetime.fromisoformat(self.taken)


@dataclass(frozen=True)
class DemoSet:
    """A set: the name of its folder, what pages call it, and the photo on its cover."""

    name: str
    title: str
    description: str
    cover: str
    photos: tuple[Photo, ...]


@dataclass(frozen=True)
class DemoGallery:
    """A gallery of people to be compared with: its name, what visitors read about it, and whose `PORTRAITS` it has."""

    name: str
    title: str
    text: str
    people: tuple[str, ...]


# Squares around faces, for prints and strips.
_OBAMA = of("obama", (230, 30, 740, 540), side=600)
_OBAMA_SPEAKING = of("obama2", (20, 170, 600, 750), side=600)
_OBAMA_STANDING = of("obama3", (490, 180, 1090, 780), side=600)
_OBAMA_HALF = of("obama_half", (0, 40, 480, 520), side=600)
_BIDEN = of("biden", (290, 80, 890, 680), side=600)
_COLLINS = of("collins", (108, 14, 348, 254), side=600)
_HOPPER = of("hopper", (70, 20, 450, 400), side=600)
_BLONDE = of("sofa", (960, 120, 1420, 580), side=600)
_BLONDE_DRESSED_UP = of("dressed_up", (1290, 100, 1750, 560), side=600)
_CURLS = of("sofa", (440, 260, 880, 700), side=600)
_VIOLET = of("sofa", (1380, 240, 1800, 660), side=600)
_STAIRS_TOP = of("stairs", (680, 40, 1040, 400), side=600)
_STAIRS_RIGHT = of("stairs", (1300, 330, 1680, 710), side=600)
_STAIRS_LEFT = of("stairs", (500, 360, 880, 740), side=600)
_STAIRS_BACK = of("stairs", (1000, 130, 1360, 490), side=600)
_WINDOW_ONE = of("window", (170, 430, 590, 850), side=600)
_WINDOW_TWO = of("window", (540, 230, 960, 650), side=600)
_WINDOW_THREE = of("window", (1070, 230, 1490, 650), side=600)
_WINDOW_FOUR = of("window", (1370, 180, 1790, 600), side=600)


PORTRAIT_DAYS = DemoSet(
    "2012_portrait_days",
    "Portrait days",
    "Two presidents, an astronaut and an admiral, each in more than one picture.\n"
    "Click a face to see every photo of that person, even the framed ones.",
    "wall.jpg",
    (
        Photo(
            "obama_speaking.jpg",
            "Before Congress",
            "Barack Obama speaks to both houses of Congress about health care.",
            "2009-09-09T20:27:09",
            of("obama2"),
            "obama2",
        ),
        Photo(
            "obama_blue_room.jpg",
            "The Blue Room",
            "Barack Obama in the Blue Room of the White House.",
            "2010-05-10T10:04:01",
            of("obama3"),
            "obama3",
        ),
        Photo(
            "biden.heic",
            "The same room, the same moment",
            "Joe Biden. This and the photo before it were cut from one photograph.",
            "2010-05-10T10:04:01",
            of("biden"),
            "biden",
        ),
        Photo(
            "biden_close.jpg",
            "A closer look",
            "Joe Biden, from the same photograph again.",
            "2010-05-10T10:04:01",
            of("biden", (120, 60, 970, 910)),
            "biden",
        ),
        Photo(
            "obama.jpg",
            "The official portrait",
            "Barack Obama in the Oval Office.",
            "2012-12-06T15:46:01",
            of("obama"),
            "obama",
        ),
        Photo(
            "obama_half.jpg",
            "Half of it",
            "Only half of his face is in the frame, but it's still found.",
            "2012-12-06T15:46:01",
            of("obama_half"),
            "obama",
        ),
        Photo(
            "hopper.jpg",
            "In uniform",
            "Grace Hopper, who wrote one of the first compilers.",
            "2012-12-07T10:05:00",
            of("hopper"),
            "hopper",
        ),
        Photo(
            "hopper_mono.jpg",
            "In black and white",
            "Grace Hopper again, on another film.",
            "2012-12-07T10:12:00",
            of("hopper", (60, 10, 460, 510), mono),
            "hopper",
        ),
        Photo(
            "collins.jpg",
            "Ready to fly",
            "Eileen Collins, the first woman to pilot a space shuttle and, later, to command one.",
            "2012-12-07T11:20:00",
            of("collins"),
            "collins",
        ),
        Photo(
            "collins_film.jpg",
            "Before the helmet goes on",
            "Eileen Collins, as an old film would have seen her.",
            "2012-12-07T11:24:00",
            of("collins", (84, 8, 384, 383), film, side=1200),
            "collins",
        ),
        Photo(
            "pair.jpg",
            "A pilot and a programmer",
            "Eileen Collins and Grace Hopper, side by side.",
            "2012-12-08T14:30:00",
            pair_of(of("collins", (96, 0, 376, 350), side=1000), of("hopper", (40, 0, 500, 575), side=1000)),
        ),
        Photo(
            "booth.jpg",
            "Four frames, one face",
            "Laughing, speaking, standing, and half out of the frame.",
            "2012-12-08T15:00:00",
            booth_of(_OBAMA, _OBAMA_SPEAKING, _OBAMA_STANDING, _OBAMA_HALF),
        ),
        Photo(
            "wall.jpg",
            "All four, on one wall",
            "Grace Hopper, Barack Obama, Eileen Collins and Joe Biden.",
            "2012-12-08T16:45:00",
            wall_of(
                of("hopper", (50, 10, 470, 535), side=700),
                of("obama", (150, 0, 830, 850), side=700),
                of("collins", (84, 0, 400, 395), side=700),
                of("biden", (150, 40, 830, 890), side=700),
            ),
        ),
        Photo(
            "sheet.jpg",
            "The contact sheet",
            "Every frame of the day. No need to circle the good ones: just click a face.",
            "2012-12-08T18:00:00",
            sheet_of(
                *(_HOPPER, _OBAMA, _COLLINS, _BIDEN),
                *(_OBAMA_STANDING, lit(mono, _COLLINS), _OBAMA_SPEAKING, lit(mono, _HOPPER)),
                *(lit(film, _COLLINS), _BIDEN, lit(cool, _HOPPER), _OBAMA),
                columns=4,
            ),
        ),
    ),
)

LIGHTS = DemoSet(
    "2015_lights_over_the_bay",
    "Lights over the bay",
    "Five days in February: snow by day, a city across the water by night, and whatever shines above them.",
    "city.jpg",
    (
        Photo(
            "forest.jpg",
            "The way in",
            "It had snowed all night, and it hadn't stopped.",
            "2015-02-09T10:15:00",
            drawn(landscapes.snow_forest, 1, "snow", PORTRAIT),
        ),
        Photo(
            "clearing.jpg",
            "The way back",
            "Four o'clock, and the light is already going.",
            "2015-02-09T16:05:00",
            drawn(landscapes.snow_forest, 2, "snow at dusk", PORTRAIT),
        ),
        Photo(
            "dusk.jpg",
            "The last of the sun",
            "A minute later it was gone.",
            "2015-02-10T17:31:00",
            drawn(landscapes.sea, 1, "dusk"),
        ),
        Photo(
            "blue_hour.jpg",
            "Blue hour",
            "The moon over seven rows of hills.",
            "2015-02-10T18:04:00",
            drawn(landscapes.misty_hills, 3, "blue hour"),
        ),
        Photo(
            "city.jpg",
            "Across the bay",
            "The offices are still lit.",
            "2015-02-10T18:40:00",
            drawn(landscapes.city, 1, "night"),
        ),
        Photo(
            "skyline.jpg",
            "The whole shore",
            "All of it in one frame.",
            "2015-02-10T18:52:00",
            drawn(landscapes.city, 2, "night", PANORAMA),
        ),
        Photo(
            "rocket.jpg",
            "On the pad",
            "A Falcon 9 with the DSCOVR satellite, before its launch from Cape Canaveral.",
            "2015-02-11T17:53:00",
            of("rocket"),
            "rocket",
        ),
        Photo(
            "prints.jpg",
            "Hung up to dry",
            "Prints from the other albums. Click a face to find where it came from.",
            "2015-02-12T16:50:00",
            string_of(
                drawn(landscapes.misty_hills, 5, "dusk", (2000, 900)),
                *(_COLLINS, _BLONDE_DRESSED_UP, lit(mono, _HOPPER), _WINDOW_TWO, _OBAMA),
            ),
        ),
        Photo(
            "northern_lights.jpg",
            "They came after all",
            "Green first, then violet at the top. Look at the lake, too.",
            "2015-02-12T23:20:00",
            drawn(landscapes.northern_lights, 1, "stars"),
        ),
        Photo(
            "milky_way.jpg",
            "Straight up",
            "Our own galaxy, from the inside.",
            "2015-02-13T01:10:00",
            drawn(landscapes.milky_way, 1, "stars", PORTRAIT),
        ),
        Photo(
            "deep_field.jpg",
            "Farther still",
            "The Hubble eXtreme Deep Field: nearly every speck is a galaxy.",
            "2015-02-13T01:40:00",
            of("hubble"),
            "hubble",
        ),
    ),
)

EVENINGS = DemoSet(
    "2017_evenings_out",
    "Evenings out",
    "Three evenings, one of them Hallowe'en.\nClick the woman in the middle of the sofa: she turns up in costume, too.",
    "sofa.jpg",
    (
        Photo(
            "stairs.jpg",
            "Four on the stairs",
            "There was room for more.",
            "2014-08-09T23:31:09",
            of("stairs", (470, 20, 1790, 800)),
            "stairs",
        ),
        Photo(
            "stairs_back.jpg",
            "The upper steps",
            "Two of the four, up close.",
            "2014-08-09T23:31:09",
            of("stairs", (960, 110, 1740, 790), warm),
            "stairs",
        ),
        Photo(
            "stairs_booth.jpg",
            "Step by step",
            "The same four again.",
            "2014-08-09T23:50:00",
            booth_of(_STAIRS_TOP, _STAIRS_BACK, lit(mono, _STAIRS_RIGHT), _STAIRS_LEFT),
        ),
        Photo(
            "sofa.jpg",
            "Three on the sofa",
            "Somebody opened the shutters to let the street lamps in.",
            "2016-12-17T23:11:47",
            of("sofa", (380, 60, 1820, 880), side=1600),
            "sofa",
        ),
        Photo(
            "sofa_middle.jpg",
            "In the middle",
            "Remember this smile: it comes back at Hallowe'en.",
            "2016-12-17T23:11:47",
            of("sofa", (900, 100, 1440, 800), warm),
            "sofa",
        ),
        Photo(
            "sofa_left.jpg",
            "On the left",
            "Curls, in black and white.",
            "2016-12-17T23:11:47",
            of("sofa", (400, 220, 900, 820), mono),
            "sofa",
        ),
        Photo(
            "sofa_right.jpg",
            "On the right",
            "The best seat, next to the lamp.",
            "2016-12-17T23:11:47",
            of("sofa", (1340, 200, 1820, 780), film),
            "sofa",
        ),
        Photo(
            "dressed_up.jpg",
            "Dressed up",
            "Hallowe'en: two of the three are hard to recognise, even for a machine.",
            "2017-10-31T20:16:18",
            of("dressed_up", (100, 60, 1860, 1000)),
            "dressed_up",
        ),
        Photo(
            "dressed_up_two.jpg",
            "The other two",
            "The longer you look, the more there is to see.",
            "2017-10-31T20:16:18",
            of("dressed_up", (170, 180, 1190, 880)),
            "dressed_up",
        ),
        Photo(
            "dressed_up_smile.jpg",
            "That smile again",
            "In uniform this time.",
            "2017-10-31T20:16:18",
            of("dressed_up", (1200, 90, 1780, 580)),
            "dressed_up",
        ),
        Photo(
            "prints.jpg",
            "What was left on the table",
            "Eight instant prints from three evenings.",
            "2017-11-01T11:00:00",
            table_of(
                *(_BLONDE, _CURLS, lit(film, _VIOLET), _STAIRS_TOP),
                *(_BLONDE_DRESSED_UP, lit(mono, _STAIRS_RIGHT), lit(warm, _STAIRS_BACK), lit(film, _STAIRS_LEFT)),
                columns=4,
            ),
        ),
    ),
)

WEEKEND = DemoSet(
    "2018_slow_weekend",
    "A slow weekend",
    "Nothing was planned, and nothing went wrong: hills, a lake, a cat, coffee, and four people by a window.",
    "hills.jpg",
    (
        Photo(
            "hills.jpg",
            "Fog in the valleys",
            "Saturday, half past five. Worth it.",
            "2018-05-05T05:34:00",
            drawn(landscapes.misty_hills, 1, "dawn"),
        ),
        Photo(
            "lake.jpg",
            "Not a breath of wind",
            "Turn it upside down and you can hardly tell.",
            "2018-05-05T08:10:00",
            drawn(landscapes.lake, 1, "alpine"),
        ),
        Photo(
            "coffee.jpg",
            "First things first",
            "An espresso, and no phone on the table.",
            "2018-05-05T10:02:00",
            of("coffee"),
            "coffee",
        ),
        Photo(
            "photographer.jpg",
            "Somebody else's picture",
            "A photographer, photographed.",
            "2018-05-05T14:25:00",
            of("photographer", side=1024),
            "photographer",
        ),
        Photo(
            "window.jpg",
            "Four by the window",
            "The light was good, so nobody moved.",
            "2018-05-05T19:42:10",
            of("window", (70, 70, 1890, 1130)),
            "window",
        ),
        Photo(
            "window_left.jpg",
            "Two of four",
            "The left half, a little warmer.",
            "2018-05-05T19:42:10",
            of("window", (110, 180, 990, 940), warm),
            "window",
            turned=True,
        ),
        Photo(
            "window_right.jpg",
            "The right half",
            "The other two, in black and white.",
            "2018-05-05T19:42:10",
            of("window", (1030, 120, 1870, 900), mono),
            "window",
        ),
        Photo(
            "window_booth.jpg",
            "One at a time",
            "From left to right, or from top to bottom.",
            "2018-05-05T19:50:00",
            booth_of(_WINDOW_ONE, lit(film, _WINDOW_TWO), _WINDOW_THREE, lit(film, _WINDOW_FOUR)),
        ),
        Photo(
            "sundown.jpg",
            "Saturday, sundown",
            "The same hills, from the other side.",
            "2018-05-05T20:12:00",
            drawn(landscapes.misty_hills, 2, "autumn", LANDSCAPE),
        ),
        Photo(
            "cat.jpg",
            "Chelsea is awake",
            "Sunday starts when the cat says so.",
            "2018-05-06T07:15:00",
            of("cat"),
            "cat",
        ),
        Photo(
            "cove.jpg",
            "Down at the cove",
            "Nobody there but the tide.",
            "2018-05-06T20:20:00",
            drawn(landscapes.sea, 2, "rose"),
        ),
        Photo(
            "prints.jpg",
            "The kitchen table",
            "Prints to give away: the four by the window, the cat, and a few that were lying around.",
            "2018-05-06T21:05:00",
            table_of(
                *(_WINDOW_ONE, lit(film, _WINDOW_TWO), of("cat", (90, 10, 371, 291), side=600)),
                *(_COLLINS, lit(warm, _WINDOW_THREE), _BIDEN, _WINDOW_FOUR),
                columns=4,
            ),
        ),
    ),
)

SETS = (PORTRAIT_DAYS, LIGHTS, EVENINGS, WEEKEND)

# Everyone whose name is known, by the package's photo that the portrait is cropped from.
PORTRAITS = {
    "obama": ("Barack Obama", _OBAMA),
    "biden": ("Joe Biden", _BIDEN),
    "collins": ("Eileen Collins", _COLLINS),
    "hopper": ("Grace Hopper", _HOPPER),
}

GALLERIES = (
    DemoGallery(
        "celebrities",
        "Presidents and pioneers",
        "Two presidents, an astronaut and a computer scientist.",
        ("obama", "biden", "collins", "hopper"),
    ),
    DemoGallery(
        "pioneers",
        "Pioneers",
        "The first woman to command a space shuttle, and the author of one of the first compilers.",
        ("collins", "hopper"),
    ),
)
