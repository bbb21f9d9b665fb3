"""What scripts need to know about a site (site/js/config.js)."""

from typing import Any

from functions.access.audiences import PUBLIC
from functions.addresses import DOWNLOAD_FOLDER, LARGE_FOLDER, THUMBNAIL_FOLDER, THUMBNAILS_FOLDER
from functions.keys import NONE, STRIPPED, WHOLE
from functions.search.search_request import MAX_LIMIT
from functions.thumbnail_sizes import LARGE_SIDE, THUMBNAIL_SIDE
from functions.visitor_rows import KEEP_OWN_ROWS_DAYS, MAX_REQUEST_FACES
from scripts.common.config import SiteConfig
from scripts.common.stack import Stack

# For photos whose size isn't known yet.
UNKNOWN_WIDTH, UNKNOWN_HEIGHT = 1500, 1000


def browser_config(stack: Stack, config: SiteConfig) -> dict[str, Any]:
    """What scripts need to know about this site (site/js/config.js); nothing in it is secret."""
    access = stack.access.read_access()
    return {
        "region": stack.region,
        "identityPoolId": stack.outputs.identity_pool,
        "userPoolId": stack.outputs.user_pool,
        "userPoolClientId": stack.outputs.user_pool_client,
        # To a private site people are invited: an account of their own making would open nothing.
        "signUp": stack.parameters.get("SignUp") == "yes" and access.album == PUBLIC,
        "matchesTable": stack.outputs.matches_table,
        "endpoint": stack.endpoint_url,
        "homeUrl": stack.home_url,
        "picsTable": stack.outputs.pics_table,
        "searchFunction": stack.outputs.search_function,
        "removalFunction": stack.outputs.removal_function,
        "doorFunction": stack.outputs.door_function,
        "hasPrivate": access.has_private,
        "peopleFunction": stack.outputs.people_function,
        "manageFunction": stack.outputs.manage_function,
        "uploadsFunction": stack.outputs.uploads_function,
        "takesPhotos": stack.parameters.get("UploadConcurrency", "0") != "0",
        "arrivalsFunction": stack.outputs.arrivals_function,
        "faceMatchThreshold": config.face_match_threshold,
        "thumbnailFolder": THUMBNAIL_FOLDER,
        "largeFolder": LARGE_FOLDER,
        "downloadFolder": DOWNLOAD_FOLDER,
        "portraitFolder": THUMBNAILS_FOLDER,
        "thumbnailSide": THUMBNAIL_SIDE,
        "largeSide": LARGE_SIDE,
        "unknownWidth": UNKNOWN_WIDTH,
        "unknownHeight": UNKNOWN_HEIGHT,
        "maxRemovalFaces": MAX_REQUEST_FACES,
        "maxPhotosFound": MAX_LIMIT,
        "keepMatchDays": KEEP_OWN_ROWS_DAYS,
        "offline": config.offline,
        "downloads": stack.download_rule != NONE,
        "originals": stack.download_rule in (STRIPPED, WHOLE),
    }


def origins(known: dict[str, Any]) -> list[str]:
    """The hosts a page will call, so that it can connect before its script runs; a laptop's own is near enough."""
    if known["endpoint"]:
        return []
    return [f"https://{name}.{known['region']}.amazonaws.com" for name in ("cognito-identity", "dynamodb")]
