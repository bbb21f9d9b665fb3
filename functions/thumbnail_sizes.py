"""Sizes, in pixels, of what is made from each photo: the thumbnail in the grid, the large rendition that opens, and the
card that other sites show with a link.

The one place for these numbers: pages get them from `scripts/site/`, and docs/data.md is generated from them. After
a change, run `kinpics reprocess`. The large rendition's size is also the folder it is kept in, so a change of
`LARGE_SIDE` needs the same number in template.yaml, where a test asks for it.
"""

# The long side at most; smaller photos are not enlarged.
LARGE_SIDE = 1600
THUMBNAIL_SIDE = 400
# A panorama's long side grows until its short one fills a row of the grid, within reason.
THUMBNAIL_SHORT_SIDE = 200
MAX_THUMBNAIL_SIDE = 800
# As https://developers.facebook.com/docs/sharing/webmasters/images/ asks for, and others take.
CARD_WIDTH = 1200
CARD_HEIGHT = 630


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """Width and height of what is made of a photo with at most ``side`` pixels on its long side; never enlarged."""
    scale = min(1, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def thumbnail_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of a photo's thumbnail."""
    large = fitted(width, height, LARGE_SIDE)
    return fitted(*large, thumbnail_side(*large))


def thumbnail_side(width: int, height: int) -> int:
    """The long side of a photo's thumbnail, which is longer for a panorama."""
    across = round(THUMBNAIL_SHORT_SIDE * max(width, height) / min(width, height))
    return max(THUMBNAIL_SIDE, min(MAX_THUMBNAIL_SIDE, across))
