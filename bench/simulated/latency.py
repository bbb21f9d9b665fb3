"""How long AWS takes: assumed, for AWS promises nothing of the kind and only AWS can show it.

Together a photo with three faces comes to the 2.5 seconds that `kinpics cost` assumes.
"""

import math
import random

# Medians in seconds. Rekognition reads the original from S3 itself.
MEDIANS = {
    "index_faces": 1.0,
    "search_faces": 0.25,
    "list_faces": 0.2,
    "delete_faces": 0.1,
    "get_object": 0.2,
    "head_object": 0.02,
    "put_object": 0.06,
    "delete_object": 0.03,
    "get_item": 0.004,
    "batch_get_item": 0.008,
    "query": 0.005,
    "put_item": 0.006,
    "update_item": 0.006,
    "delete_item": 0.006,
    "transact_write_items": 0.02,
    "change_message_visibility": 0.01,
    "send_message": 0.01,
}
# Decoding an original of 12 megapixels and making its renditions, card and download copy.
WORK_SECONDS = 0.7
COLD_START_SECONDS = 1.5
# How much the times of one call differ: of a logarithmic normal distribution, one call in forty takes twice as long.
_SPREAD = 0.35


class Latency:
    """Times of calls, each ``factor`` times as long as assumed."""

    def __init__(self, factor: float = 1.0):
        self._logs = {name: math.log(seconds * factor) for name, seconds in MEDIANS.items()}

    def of(self, name: str) -> float:
        """Seconds that a call takes."""
        return random.lognormvariate(self._logs[name], _SPREAD)

    def typical(self, name: str) -> float:
        """The median."""
        return math.exp(self._logs[name])
