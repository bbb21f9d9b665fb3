"""Sizes, in pixels, of what is made of each photo: the thumbnail in the grid, and the large rendition that opens.

The one place for these numbers: pages get them from `scripts/site/`, and docs/data.md is generated from them. After
a change, run `kinpics reprocess --all`. The large rendition's size is also the folder it is kept in, so a change of
`LARGE_SIDE` needs the same number in template.yaml, where a test asks for it.
"""

# The long side at most; smaller photos are not enlarged.
LARGE_SIDE = 1600
THUMBNAIL_SIDE = 400
# A panorama's long side grows until its short one fills a row of the grid, within reason.
THUMBNAIL_SHORT_SIDE = 200
MAX_THUMBNAIL_SIDE = 800
