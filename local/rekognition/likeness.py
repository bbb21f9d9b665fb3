"""How alike two faces are: from their descriptors to a similarity, 0 to 100.

A recogniser doesn't give everybody the same room. dlib's learned mostly from other faces than those of East and
South-East Asia, so these lie close together, and the distance at which two of them are still two people is shorter. How
much room there is around a face can be told from its descriptor alone, by a linear formula; a distance is measured in
units of the room around both faces. The formula's numbers are in `crowding.json`, made by `bench/crowding.py`:
docs/rekognition.md says from what, and what it changes.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Crowding:
    """How much room there is around a face: e to the power of ``offset`` + ``weights`` · descriptor, and 1 on average.

    It is kept between ``least`` and ``most``, the ends of what the formula was fitted to.
    """

    weights: Vector
    offset: float
    least: float
    most: float

    @classmethod
    def read(cls, file: Path) -> "Crowding":
        """What is in a JSON file."""
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return cls(np.array(kept["weights"], dtype=np.float32), kept["offset"], kept["least"], kept["most"])

    def room(self, descriptors: Vector) -> Vector:
        """Around faces, (..., dimensions). A distance is divided by the root of both faces' room."""
        power = np.clip(descriptors @ self.weights + self.offset, math.log(self.least), math.log(self.most))
        room: Vector = np.exp(power)
        return room


@dataclass(frozen=True)
class Likeness:
    """A logistic curve between distance (euclidean) and similarity, which is 50 at ``middle``."""

    dimensions: int
    steepness: float
    middle: float
    crowding: Crowding | None = None

    def room(self, descriptors: Vector) -> Vector:
        """How much there is around faces, (..., dimensions): 1 on average."""
        if self.crowding is None:
            return np.ones(descriptors.shape[:-1], dtype=np.float32)
        return self.crowding.room(descriptors)

    def compare(self, one: Vector, other: Vector) -> float:
        """The similarity of two faces."""
        return self.similarity(math.dist(one, other) / math.sqrt(self.room(one) * self.room(other)))

    def similarity(self, distance: float) -> float:
        """Of two faces so far apart, in units of the room around them."""
        return 100.0 / (1.0 + math.exp(min(700.0, self.steepness * (distance - self.middle))))

    def largest_distance(self, threshold: float) -> float:
        """The distance, in units of room, whose similarity is ``threshold``."""
        if threshold <= 0:
            return math.inf
        if threshold >= 100:
            return 0.0
        return self.middle + math.log(100.0 / threshold - 1.0) / self.steepness


# The curve puts 90, the site's default, where 9 of 10 pairs of one person pass and less than 1 of 1,000 of strangers.
DLIB = Likeness(128, 47.0, 0.5465, Crowding.read(Path(__file__).with_name("crowding.json")))
