"""Writes docs/data.md from the shapes: `python -m scripts.document_data`; a test holds the file to it."""

from pathlib import Path

from functions import keys, shapes
from functions.process.images import GRID_MAX_SIDE, GRID_SIDE
from functions.removal.request import MAX_FACES, MAX_MESSAGE
from functions.removal.requests import MAX_DAILY_REQUESTS
from functions.search.request import COLLECTIONS, DEFAULT_LIMIT, DEFAULT_THRESHOLD, MAX_LIMIT

PATH = Path(__file__).parents[1] / "docs" / "data.md"
_TABLES = (
    (shapes.PicSet, "Picture set: table `pics`", "partition key `primarykey`, sort key `sortkey`"),
    (shapes.Pic, "Pic: table `pics`", "partition key `primarykey`, sort key `sortkey`"),
    (shapes.ImageRecord, "Pic by image id: table `pics_by_image_id`", "partition key `image_id`"),
    (shapes.Match, "Last lookalike: table `matches`", "partition key `identity_id`, sort key `kind`"),
    (shapes.RemovalRequest, "Removal request: table `requests`", "partition key `identity_id`"),
    (shapes.Forgotten, "Forgotten person: table `forgotten`", "partition key `kind`, sort key `id`"),
)


def render() -> str:
    """The whole page."""
    parts = [_HEAD]
    for shape, title, key in _TABLES:
        lines = [
            f"## {title}",
            "",
            f"{(shape.__doc__ or '').strip()} Key: {key}.",
            "",
            "| attribute | what it is |",
            "|---|---|",
        ]
        lines += [f"| `{name}` | {entry.metadata['help']} |" for name, entry in shapes.attributes(shape).items()]
        parts.append("\n".join(lines) + "\n")
    parts.append(_REST)
    return "\n".join(parts)


_HEAD = """# Data

Generated from `functions/shapes.py` by `python -m scripts.document_data`. An attribute without a value is absent.
"""

_REST = f"""Index `{shapes.GRID_INDEX}` of `pics` (`primarykey`, `grid_key`) holds of each pic just what a set's page shows:
{", ".join(f"`{name}`" for name in shapes.GRID_ATTRIBUTES)}.

## Lease: table `leases`

One worker at a time works on a pic. `image_path` (key), `owner` (the queue message's id), `expires_at` (seconds since
1970). A lease that is found taken, by its own owner or expired, tells of a worker that died.

## Ledger: table `ledger`

What a day has cost and what searches have found; key `entry`. Rows go by themselves at `expires_at` (seconds since 1970).

| entry | attributes | what it is |
|---|---|---|
| `calls/index/<day>`, `calls/search/<day>` | `calls` | paid Rekognition calls of a day (UTC), counted before they are made |
| `calls/removal/<day>` | `calls` | removal requests of a day |
| `visitor/<day>/<identity id>` | `calls` | paid searches of one visitor, by Cognito identity |
| `collection/album` | `version`, `changed_at` | counts on with each change of the collection's faces |
| `search/album/<face id>/<least similarity>/2` | `found`, `version`, `moment` | zlib of JSON: `[[face id, photo, similarity], ...]`, found in that version of the collection at that moment; a photo is `<image id>/<external image id>` |

## Objects

| bucket | key | what it is |
|---|---|---|
| pics | `photos/<picset>/<file>` | the original, as uploaded, for the owner alone; metadata `{"sha256"}` |
| thumbnails | `photos/<picset>/<file>` | WebP, whatever the suffix, of at most {GRID_SIDE} pixels a side (a panorama: up to {GRID_MAX_SIDE}); metadata `source-etag`: ETag of its original |
| thumbnails | `{keys.VIEW_WIDTH}/photos/<picset>/<file>` | JPEG of at most {keys.VIEW_WIDTH} pixels a side, likewise |
| thumbnails | `downloads/<rule>/photos/<picset>/<file>` | what visitors get at `/photos/<picset>/<file>`; metadata likewise. The rule is {" or ".join(f"`{rule}`" for rule in keys.DOWNLOAD_RULES)}; no other rule's copy is served |
| pics, thumbnails | `celebrities/<person>/<digest>.jpg` | a portrait of the lookalike gallery, as JPEG and as WebP, without metadata |
| site | `index.html`, `sets/<picset>/…`, `people/…`, `faces/…`, `selfie/…`, `lookalike/…`, `account/…`, `404.html`, `assets/…` | the rendered site |

The external image id of a face is its image path, each byte outside `[A-Za-z0-9_.-]` written `:XX`; where that is longer
than {keys.MAX_EXTERNAL_IMAGE_ID} characters, `::` and a hash of the path. That of a face by which a forgotten person is known begins with `{keys.FORGOTTEN_PREFIX}`.

## The search function

Request: `{{"faceid": "…"}}` or `{{"image": "<base64 of a JPEG or PNG, at most 5 MB>", "collection": "{COLLECTIONS[0]}"}}`, with

| field | default | what it is |
|---|---|---|
| `threshold` | {DEFAULT_THRESHOLD:g} | least similarity, 0 to 100 |
| `limit` | {DEFAULT_LIMIT} | photos in this answer, 1 to {MAX_LIMIT} |
| `next` | | token from the answer before |

Answer: `{{"statusCode": 200, "output": [photo, …], "next": "…"}}`, best match first; the photo of the face that was asked for
comes first with similarity 100. `next` is there where more remain. `as_of` (ISO 8601) is there where paid searches are used up
for now and an earlier answer serves, which may not know of the album's last changes. A photo:

| field | what it is |
|---|---|
| `image_id`, `image_path`, `width`, `height`, `placeholder` | as in `pics_by_image_id` |
| `similarity` | of the best matching face in it, rounded down to 0.01 |
| `face` | that face: `FaceId`, `ImageId`, `BoundingBox`, `Confidence` |
| `data` | all faces: `{{"FaceRecords": [{{"Face": {{…}}}}]}}` |
| `person`, `credit`, `licence`, `url` | of a person of the gallery, who comes once, with the first portrait; how alike is told of all portraits together |

An error is `{{"statusCode": 4xx or 500, "err": {{"code", "message"}}}}`. Status 429 has code `TooManyRequests` (try again in a
moment), `CeilingReached` (all visitors' paid searches are used up until the next hour, UTC) or `AllowanceReached` (one visitor's of the
day are); `err.until` (ISO 8601) then says when there are new ones, and is missing where there never are.

## The removal function

Request: `{{"action": "ask", "face_ids": ["…"], "message": "…"}}` (1 to {MAX_FACES} face ids of the album; a message of at most
{MAX_MESSAGE} characters, or none), `{{"action": "status"}}` or `{{"action": "withdraw"}}`. Whose request it is, the credentials say. Answer:
`{{"statusCode": 200, "output": request}}`, the request that stands (`made_at`, `face_ids`, `message`) or null. The album takes
{MAX_DAILY_REQUESTS} requests a day (`TooManyRemovalRequests`). Errors are as the search function's.

## Messages

The queue carries S3's event notifications as they are; `kinpics` sends the same shape with event name
`kinpics:Reprocess` (do it again) or `kinpics:Check` (look whether anything is missing). A message in the dead-letter queue has its reason in the attributes `code`, `reason`, `key`; one without
them made the function crash or run out of time.
"""


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
