"""What photos show besides people ("Beach", "Cake"), as Rekognition sees it; only if the owner wants it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_rekognition import RekognitionClient
    from types_boto3_rekognition.type_defs import ImageTypeDef, LabelTypeDef

MAX_LABELS = 10
# More than are kept, because some are dropped; the price is the same.
_ASKED_FOR = 30
# Stricter than Rekognition's own 55: a wrong chip on a photo is worse than none.
_MIN_CONFIDENCE = 80.0
# Every photo of people has these, and nobody wants a machine to say who is a man and who is a woman.
_NOT_WANTED = frozenset(
    {
        *(
            "Person",
            "People",
            "Human",
            "Adult",
            "Child",
            "Teen",
            "Baby",
            "Man",
            "Male",
            "Woman",
            "Female",
            "Boy",
            "Girl",
        ),
        *("Head", "Face", "Body Part", "Photography", "Portrait"),
    }
)
# https://docs.aws.amazon.com/rekognition/latest/dg/labels.html
_UNWANTED_CATEGORY = "Person Description"


@dataclass(frozen=True)
class PhotoLabels:
    """Labels through a boto3 Rekognition client; ``pay`` is called before each request. Labels may be switched off.

    https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html
    """

    client: "RekognitionClient"
    is_on: bool
    pay: Callable[[], None]

    def find(self, image: "ImageTypeDef") -> list[str]:
        """At most `MAX_LABELS` labels of a Rekognition ``Image``, most certain first; none if they are switched off."""
        if not self.is_on:
            return []
        self.pay()
        found = self.client.detect_labels(Image=image, MaxLabels=_ASKED_FOR, MinConfidence=_MIN_CONFIDENCE)
        return [label["Name"] for label in found["Labels"] if _is_wanted(label)][:MAX_LABELS]


def _is_wanted(label: "LabelTypeDef") -> bool:
    categories = {category.get("Name") for category in label.get("Categories", [])}
    return label["Name"] not in _NOT_WANTED and _UNWANTED_CATEGORY not in categories
