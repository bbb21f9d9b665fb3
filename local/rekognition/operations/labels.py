"""DetectLabels, with a classifier of the owner's."""

import asyncio

from local.rekognition import classifier
from local.rekognition.context import Answer, Context, Request
from local.rekognition.exceptions import InternalServerError, InvalidParameterException

_MIN_CONFIDENCE = 55.0
_MAX_LABELS = 1000


async def detect_labels(context: Context, request: Request) -> Answer:
    """Say what a picture shows. Raises ``InvalidParameterException`` without a classifier."""
    folder = context.label_model
    if folder is None or not (folder / classifier.MODEL).exists():
        place = f": put {classifier.MODEL} and {classifier.NAMES} into {folder}" if folder else ""
        raise InvalidParameterException(f"This stack has no label model{place}.")
    filters = request.get("Settings", {}).get("GeneralLabels", {})
    if request.get("Features", ["GENERAL_LABELS"]) != ["GENERAL_LABELS"]:
        raise InvalidParameterException("Features: this stack knows only GENERAL_LABELS")
    if any("Category" in name for name in filters):
        raise InvalidParameterException("Settings: this stack's labels have no categories")
    image, _ = await context.pictures.read(request)
    try:
        found = await asyncio.wrap_future(context.engine.classify(folder, image))
    except classifier.LabelModelError as error:
        raise InternalServerError(str(error)) from None
    included, excluded = filters.get("LabelInclusionFilters"), filters.get("LabelExclusionFilters", [])
    threshold = request.get("MinConfidence", _MIN_CONFIDENCE)
    chosen = [
        {"Name": name, "Confidence": confidence, "Instances": [], "Parents": [], "Aliases": [], "Categories": []}
        for name, confidence in found
        if confidence >= threshold and name not in excluded and (included is None or name in included)
    ]
    return {"Labels": chosen[: request.get("MaxLabels", _MAX_LABELS)]}
