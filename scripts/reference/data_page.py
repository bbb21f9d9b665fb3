"""Writes docs/data.md from the shapes: `python -m scripts.reference.data_page`; a test holds the file to it."""

from pathlib import Path

from functions import keys, shapes
from functions.access import access_rows
from functions.door.door_call import MAX_PATHS
from functions.door.private_rows import MAX_ANSWER_BYTES
from functions.films.ffmpeg_calls import FILM_SIDE
from functions.keys import ImagePath
from functions.manage.call_fields import MAX_LISTED
from functions.manage.manage_call import MAX_PAGE
from functions.people.portrait_cut import SIDE
from functions.photo_page import RECORD_KEY, SKELETON_KEY, page_key
from functions.removal.posted_addresses import MAX_ADDRESSES, MAX_DAILY_ADDRESSES, MAX_VISITOR_DAILY_ADDRESSES
from functions.removal.requests_table import MAX_DAILY_REQUESTS, MAX_VISITOR_DAILY_REQUESTS
from functions.search.search_request import COLLECTIONS, DEFAULT_LIMIT, MAX_LIMIT
from functions.thresholds import DEFAULT_THRESHOLD
from functions.thumbnail_sizes import CARD_HEIGHT, CARD_WIDTH, LARGE_SIDE, MAX_THUMBNAIL_SIDE, THUMBNAIL_SIDE
from scripts.site.pages import list_pages
from scripts.site.sections import PAGE_TILES
from scripts.site.shown import TITLES

PATH = Path(__file__).parents[2] / "docs" / "data.md"
_TABLES = (
    (shapes.PhotoSet, "Set: table `pics`", "partition key `primarykey`, sort key `sortkey`"),
    (shapes.Photo, "Photo: table `pics`", "partition key `primarykey`, sort key `sortkey`"),
    (shapes.ImageRecord, "Photo by image id: table `pics_by_image_id`", "partition key `image_id`"),
    (shapes.LookalikeResult, "Last lookalike: table `matches`", "partition key `identity_id`, sort key `kind`"),
    (shapes.RemovalRequest, "Removal request: table `requests`", "partition key `identity_id`"),
    (shapes.Forgotten, "Forgotten person: table `forgotten`", "partition key `kind`, sort key `id`"),
    (access_rows.AudienceRow, "Audience: table `access`", "partition key `kind`, sort key `id`"),
    (access_rows.LinkRow, "Link: table `access`", "partition key `kind`, sort key `id`"),
    (access_rows.MemberRow, "Member: table `access`", "partition key `kind`, sort key `id`"),
    (access_rows.KeyRow, "Key for passes: table `access`", "partition key `kind`, sort key `id`"),
    (access_rows.PostedAddress, "Private address: table `access`", "partition key `kind`, sort key `id`"),
    (access_rows.EventRow, "Event: table `access`", "partition key `kind`, sort key `id`"),
    (shapes.Contribution, "Contribution: table `contributions`", "partition key `set_name`, sort key `id`"),
    (shapes.PlacedPhoto, "Photo from a browser: table `contributions`", "partition key `set_name`, sort key `id`"),
    (shapes.Decision, "Decision: table `decisions`", "partition key `journal`, sort key `id`"),
    (shapes.Lease, "Lease: table `leases`", "partition key `image_path`"),
    (shapes.DailyCount, "Count of a day: table `ledger`", "partition key `entry`"),
    (shapes.CollectionVersion, "Version of a collection: table `ledger`", "partition key `entry`"),
    (shapes.KeptAnswer, "Kept answer: table `ledger`", "partition key `entry`"),
)


def render() -> str:
    """The whole page."""
    parts = [_HEAD]
    for shape, title, key in _TABLES:
        lines = [
            f"## {title}",
            "",
            f"{' '.join((shape.__doc__ or '').split())} Key: {key}.",
            "",
            "| attribute | what it is |",
            "|---|---|",
        ]
        lines += [f"| `{name}` | {entry.metadata['help']} |" for name, entry in shapes.attributes(shape).items()]
        parts.append("\n".join(lines) + "\n")
        if shape is shapes.Photo:
            parts.append(_GRID)
    parts.append(_REST)
    return "\n".join(parts)


_HEAD = """# Data

Generated from `functions/shapes.py` and `functions/access/access_rows.py` by `python -m scripts.reference.data_page`. Attributes without a value are absent. On the wire a photo
is a `pic`.
"""

_GRID = f"""Index `{shapes.GRID_INDEX}` of `pics` (`primarykey`, `grid_key`) holds only what a set's page shows of each photo:
{", ".join(f"`{name}`" for name in shapes.GRID_ATTRIBUTES)}.
"""

_REST = f"""## Objects

| bucket | key | what it is |
|---|---|---|
| pics | `photos/<set>/<file>` | the original as uploaded, for the owner alone; metadata `{"sha256"}` |
| thumbnails | `photos/<set>/<file>` | WebP, whatever the suffix, of at most {THUMBNAIL_SIDE} pixels a side (a panorama: up to {MAX_THUMBNAIL_SIDE}); metadata `source-etag`: ETag of its original |
| thumbnails | `{LARGE_SIDE}/photos/<set>/<file>` | JPEG of at most {LARGE_SIDE} pixels a side, with the same metadata |
| thumbnails | `{keys.CARDS_PREFIX}photos/<set>/<file>` | JPEG of {CARD_WIDTH}x{CARD_HEIGHT} pixels, cropped to the faces, with the same metadata: what other sites show with a link; photos processed by earlier releases have none until `kinpics reconcile` or `reprocess` |
| thumbnails | `{keys.FILMS_PREFIX}photos/<set>/<file>` | of a film, what plays in browsers, with the same metadata: MP4 with H.264 and AAC, of at most {FILM_SIDE} pixels a side, whatever the suffix; `film` in its row says why there is none |
| thumbnails | `{keys.FILM_FACES_PREFIX}photos/<set>/<file>` | of a film with faces, a WebP with a portrait of each, side by side, {SIDE} pixels a side, in the order that `film` in its row says; with the same metadata |
| thumbnails | `downloads/<rule>/photos/<set>/<file>` | what visitors get at `/photos/<set>/<file>`, with the same metadata. The rule is {" or ".join(f"`{rule}`" for rule in keys.DOWNLOAD_RULES)}; copies made by other rules are not served |
| incoming | `incoming/<set>/<id>`, `waiting/<set>/<id>`, `looks/<set>/<id>` | a photo from a browser on its way, for a day at most, or waiting for the owner, or a JPEG of one that waits and that browsers cannot show; `<id>` is the row's in `contributions` |
| pics, thumbnails | `celebrities/<person>/<digest>.jpg` | a portrait of the lookalike gallery as JPEG, and a square of it round the face as WebP; without metadata. In another gallery than the first: `celebrities/<gallery>/<person>/<digest>.jpg` |
| pics | `galleries/<gallery>.json` | that there is this gallery, and what visitors read about it: `{{"title", "text"}}`, both may be empty; the first one may do without |
| thumbnails | `{keys.REGIONS_PREFIX}<set>/<file>.json` | faces that the file's own XMP names, if there are any: `[name, left, top, width, height]` each, in fractions of the upright photo. Written by the process function and read by the people function; visitors can't reach it |
| thumbnails | `people/inventory.json.gz`, `evidence`, `state`, `candidates`, `written` | what the people function makes from the journal, the rows and `people/regions/`; visitors can't reach it, and it can be thrown away (`kinpics people rebuild`) |
| thumbnails | `people/hidden-names.json`, `people/hidden-names-taken-out.json` | names of hidden people, which the process function leaves out of keywords, and those of them that all rows are without; visitors can't reach them |
| site | `people/people.json`, `people/<name>/photos.json`, `sets/<set>/people.json` | what visitors may know about people, written by the people function; in a set's list, `false` after a name says that this person has no page |
| site | `people/portraits/<name>.webp` | WebP of {SIDE}x{SIDE} pixels, without metadata: a face that visitors see as somebody's, or are asked about; cut by the people function, which deletes it when they aren't any more. `<name>` is a hash of what it was cut from |
| site | `posted/<id>/photos.json`, `posted/<id>/feed.xml` | what a private address shows, written by the people function; the removal function deletes them when a visitor stops |
| site | {", ".join(f"`{page.file('<name>' if page.is_of_person else '<set>')}`" for page in list_pages().values() if not page.laptop_only)}, if other websites may embed albums, `sets/<set>/embed/index.html`, `{TITLES}`, `style.css`, `sw.js`, `site.webmanifest`, `favicon.svg`, `icons/…`, `notice.txt`, `assets/…`, `cards/…`, `feed.xml`, `sets/<set>/feed.xml`; if search engines may show the site, `sitemap.xml` (which lists `sitemap-albums.xml` and `sets/<set>/sitemap.xml`) and `robots.txt` | the rendered site |
| site | `sets/<set>/all/<number>/index.html` | the second and later pages of a set's photos, {PAGE_TILES} on each |
| site | `{page_key(ImagePath("<set>", "<file>"))}` | a photo's own page, written by `kinpics publish` and by the process function |
| site | `{SKELETON_KEY}` | what these pages are made from; visitors can't reach it |
| site | `{RECORD_KEY}` | what `kinpics publish` remembers until the next time (`scripts/site/published.py`); visitors can't reach it. Without it, all is published anew |

The external image id of a face is its image path, with each byte outside `[A-Za-z0-9_.-]` written as `:XX`; if that is longer
than {keys.MAX_EXTERNAL_IMAGE_ID} characters, it is `::` and a hash of the path. For a portrait the path is `<person>/<file>`,
or `<gallery>/<person>/<file>`. For a forgotten person's reference face it begins with `{keys.FORGOTTEN_PREFIX}`.

## The search function

Request: `{{"faceid": "…"}}` or `{{"image": "<base64 of a JPEG or PNG, at most 5 MB>", "collection": "{COLLECTIONS[0]}"}}`, with

| field | default | what it is |
|---|---|---|
| `gallery` | `{COLLECTIONS[1]}` | with the collection `{COLLECTIONS[1]}`: which gallery ([lookalike.md](lookalike.md)) |
| `threshold` | {DEFAULT_THRESHOLD:g} | least similarity, 0 to 100 |
| `limit` | {DEFAULT_LIMIT} | photos in this answer, 1 to {MAX_LIMIT} |
| `next` | | token from the previous answer |
| `pass` | | a pass, for private sets ([private.md](private.md#the-door)); without one, the answer is a stranger's |

Answer: `{{"statusCode": 200, "output": [photo, …], "next": "…"}}`, best match first; the photo with the requested face
comes first, with similarity 100. `next` is there if more remain. `as_of` (ISO 8601) is there if paid searches are used up
for now and this is an earlier answer, which may lack the site's latest changes. A photo:

| field | what it is |
|---|---|
| `image_id`, `image_path`, `width`, `height`, `placeholder` | as in `pics_by_image_id` |
| `taken_at` | as in `pics`; missing if unknown |
| `similarity` | of the best matching face in it, rounded down to 0.01 |
| `face` | that face: `FaceId`, `ImageId`, `BoundingBox`, `Confidence` |
| `data` | all faces: `{{"FaceRecords": [{{"Face": {{…}}}}]}}` |
| `person`, `credit`, `licence`, `url` | for a person in the gallery, who appears once, with the first portrait; the similarity counts all portraits together |

An error is `{{"statusCode": 4xx or 500, "err": {{"code", "message"}}}}`. Status 429 has code `TooManyRequests` (try again in a
moment), `CeilingReached` (all visitors' paid searches are used up until the next hour, UTC) or `AllowanceReached` (this visitor's
are, for the day). `err.until` (ISO 8601) then says when to try again; it is missing if trying again can't help. Status 403 has code `NotInvited`: nothing on the site
may be seen without a pass, or with this one. Status 404 has code `GalleryNotFound`: there is no gallery of this name any more.

## The removal function

Request: `{{"action": "ask", "face_ids": ["…"], "message": "…"}}` (1 to {shapes.MAX_REQUEST_FACES} face ids from the site; a message of at most
{shapes.MAX_REQUEST_MESSAGE} characters, or none; a `pass`, for faces in private sets), `{{"action": "status"}}` or `{{"action": "withdraw"}}`. The credentials say whose request it is. Answer:
`{{"statusCode": 200, "output": request}}`, the current request (`made_at`, `face_ids`, `message`) or null. The site takes
{MAX_DAILY_REQUESTS} requests a day, released hour by hour, and {MAX_VISITOR_DAILY_REQUESTS} a day per visitor (`TooManyRemovalRequests`, with `err.until`). Errors look
like the search function's.

It also keeps private addresses ([posted.md](posted.md)), whose `secret` is 22 characters of base64url that the caller makes. Output: `{{"id": …}}`, the address's id, or null after `stop`.

| action | fields | what it does |
|---|---|---|
| `keep` | `secret`; `face_ids`, 1 to {access_rows.MAX_POSTED_FACES} face ids from the site, the surest first; `language` of the feed; `pass`, in an album that isn't public | makes an address. About {MAX_ADDRESSES:,} a site, {MAX_DAILY_ADDRESSES} a day, released hour by hour, and {MAX_VISITOR_DAILY_ADDRESSES} a day per visitor (`TooManyAddresses`) |
| `renew` | `secret` | keeps it for {access_rows.KEEP_POSTED_DAYS} days from now; `AddressClosed` if it is gone |
| `stop` | `secret` | deletes it and its files |

## The door function

Request: `{{"action": "…"}}` and the action's fields. Answer: `{{"statusCode": 200, …}}`; errors look like the search function's, with these codes: `SignedOut` (401: Cognito
doesn't know the token any more), `NotInvited` (403: the address isn't among the members), `PassEnded` (403: no pass of this site, or it has ended, or its links and
its member are gone).

| action | fields | answer |
|---|---|---|
| `enter` | `token`: a member's access token; `pass`: an earlier one, whose links go into the new one | `pass` |
| `leave` | `token` | `output`: null; every pass of this member has ended |
| `sets` | `pass`; `set`, for one alone; `next` | `output`: rows of the private sets that may be seen, by name; `next`, if there are more |
| `photos` | `pass`, `set`; `next`; `whole` | `output`: what index `{shapes.GRID_INDEX}` has of the set's photos, or with `whole` all of each row; `next`, if there are more |
| `rows` | `pass`; `paths`: up to {MAX_PATHS} photos | `output`: whole rows; `next`: paths that didn't fit |

Rows are as DynamoDB's own interface has them. An answer has at most {MAX_ANSWER_BYTES // 1_000_000} MB. For what may not be seen, `output` lacks it, as if it weren't there.

## The uploads and the arrivals function

Guests, members and the owner send photos through them: [contributing-photos.md](contributing-photos.md). `functions/uploads/handler.py` describes each call.

## The people function

Only the owner may invoke it: signed in, or with IAM credentials (`kinpics people …` does that). Request: `{{"action": "…", "by": "…"}}` and the action's fields;
`by`, an email address or `cli`, goes into the journal. Answer: `{{"statusCode": 200, "output": …}}`; errors look like the search function's. If a decision is refused
(`InvalidDecision`), none of its call is kept, and `err.decision` says which one it was, from 1 on.

| action | fields | output |
|---|---|---|
| `decide` | `events`: up to 100 decisions, each without `v`, `id`, `at`, `by`; `"new"` stands for a new person | `events`, as they are in the journal now; `shown` is false if another round was at work for so long that the pages follow a little later |
| `questions` | `limit`, `skip` | who is this? `named` and `total` count people; `groups` are those without a name, each with at most four `faces`, the ids of all of them (`members`), and `suggestions` |
| `faces` | `faces`: up to 500 face ids | those `faces` that are still there |
| `people` | | `people` with a name, hidden ones too; `waiting` counts what was decided about photos that aren't there |
| `person` | `person` | one person, all their `faces`, and `candidates`: faces that may be theirs |
| `photo` | `path` | the `faces` of a photo, from left to right: whose they are, by which word (`confirmed`, `imported`, `automatic`), and whether they are ignored |
| `history` | `limit`, `before` | `decisions`, newest first, with the names that people had then; a person who was renamed also has what they were called before (`was`); an undo has the decision it is about (`step`) and whether that holds `again`; `unread` counts lines that another release wrote or that are damaged |
| `round` | | who may see what has changed, so files about people are made again; `shown` as above |

A face is `path`, `box` (left, top, width, height, in fractions of the upright photo), `face` (Rekognition's id, or null), `width`, `height` and `taken_at` of the photo.

## The manage function

Only the owner may invoke it, as the people function; request and answer have the same form, and `by` goes into the journal where an action adds to it. Texts are
checked as the commands check them; `""` takes one away, and what isn't given stays. The owner's pages and the commands run the same code.

| action | fields | output |
|---|---|---|
| `overview` | | `sets`, each with its words, `cover`, counts, `audience`, and `is_published`: false if it has changed since the last `kinpics publish`; the site's `audience`, and whether one is `moving`; how many `requests`, `dead_letters` and photos `processing` there are; `ceilings` |
| `set` | `set`, and any of `title`, `description`, `cover` (a file) | `before`: the same as they were |
| `photos` | `set`, `limit` (up to {MAX_PAGE}), `after` | `photos` as the grid shows them, by time, and what to go on `after` |
| `photo` | `path`; `title`, `caption` | its `title` and `caption`, and what they were (`before`) |
| `delete` | `paths`: up to {MAX_LISTED} | `deleted`: the owner's words by photo; `names` of people that are decisions in other photos from now on |
| `restore` | `photos`: words by photo, as `deleted` has them | `restored`: photos that S3 still had; within minutes they are back |
| `move` | `paths`: up to {MAX_LISTED}, `set` | `moving`: where each goes; `refused`: reasons by photo. A photo goes from where it was once it is processed where it goes |
| `requests` | | removal `requests`, each with its `faces`, the `names` of those people, and `warnings` |
| `grant`, `refuse` | `request` | `photos` that are processed again without that face; nothing |
| `dead_letters` | | `key`, `path`, `code` and `reason` of each photo that could not be processed |
| `retry`, `drop` | `keys`: up to {MAX_LISTED} | those that were `retried`, or `dropped` along with their originals |
| `ceilings` | | `ceilings`: what was `used` today of the `most`, what is `allowed` until when (`until`, ISO 8601); `purpose` is `search`, `index`, `people` or `removal` |
| `audience` | `set` (missing: the site), `audience`: `public`, `link`, `members`, or for a set `inherited` | whether it `changed`, how many `photos` moved, the `link` if there is one. Works until everything has followed that can without a publish ([private.md](private.md#from-the-owners-place)); a call that fails is made again, or finished by `settle` |
| `settle`, `progress` | | `moving`: what is still being changed, each `set` (null for the site) with its `photos` and those `left`; `settle` finishes it first |
| `link`, `new_link`, `revoke_link` | `set` (missing: the site) | `link`, a path, or null if no link opens it; how many were `revoked` |
| `members` | | `members`: `email`, `sets` (null for all), `may_add`, `owner`, `invited_at` |
| `invite`, `change_member` | `email`, `sets` (null for all), `may_add` | the member; of an invitation also whether it was `mailed`, and the first `password` where nothing is mailed |
| `sign_out_member`, `remove_member` | `email` | the member; whether the account went too (`account_gone`) |
| `events` | | `events`: `set`, `title`, `is_open`, `at_once`, `closes_at`, `limit`, `helpers` (email addresses), and the paths for `guests`, `slideshow` and `helping` |
| `event` | `set`, and any of `title`, `at_once`, `closes_at` (seconds since 1970; 0 for never), `limit`, `helpers` | the event, opened if it wasn't there |
| `close_event`, `renew_event` | `set` | the event, closed, or with another secret |

## What can be searched

`search/words-<hash>.json` in the site bucket, written by `kinpics publish` (`scripts/site/search_index.py`): `{{"sets": [set, …]}}`, the newest
first. A set:

| field | what it is |
|---|---|
| `name`, `title`, `description` | as in its row; its name as a title if it has none |
| `cover` | the file of its cover photo, and which point of it to keep in view: across and down, in percent; then the files of panoramas to show instead, if there are any |
| `files` | its photos' files, in the order of its page |
| `sizes` | `[width, height, number of photos]`, for consecutive photos |
| `days` | `["2026-04-03", number of photos]`, likewise; the day is empty for undated photos |
| `words` | `[index in files, title, caption, keywords and labels …]`, for photos that have any |

People aren't in it: the search page reads `people/people.json` and, if a name is typed beside other words, `people/<name>/photos.json`.

## Messages

The manage function's queue carries what can be finished only once a photo is processed or a round is made: `{{"kind": "move", "source", "target", "etag"}}`,
`{{"kind": "words", "path", "words"}}` for a photo that comes back, `{{"kind": "forgetting", "people"}}`. A message is tried with each call until it is done, for four days.

The people function's queue carries paths of photos that were processed or deleted, `"<set>/<file>"`, or `""` to go on with what there is to do.

The queue carries S3's event notifications as they are; `kinpics` sends the same shape with event name
`kinpics:Reprocess` (do it again) or `kinpics:Check` (see whether anything is missing). A message in the dead-letter queue has its
reason in the attributes `code`, `reason`, `key`; one without them made the function crash or run out of time. Messages whose keys begin with
`incoming/` or `waiting/` are about photos from browsers; those with event name `kinpics:Settle` ask to carry out what was decided.
"""


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
