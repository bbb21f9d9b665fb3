"""What AWS Elemental MediaConvert is asked for, and what it says when it has ended: pure functions.

The job makes what `ffmpeg_calls.rendition` makes, with what the cheaper of the two tiers has: one pass, no quality
target. https://docs.aws.amazon.com/mediaconvert/latest/apireference/jobs.html
"""

import json
import math
from dataclasses import dataclass
from typing import Any

from functions.films.ffmpeg_calls import FILM_SIDE, MAX_RATE, SECONDS_BETWEEN_KEYS, even
from functions.films.film_facts import FilmFacts
from functions.thumbnail_sizes import fitted

# Bits a second.
_BITS, _MAX_BITS, _SOUND_BITS = 2_000_000, 2_500_000, 128_000
_SAMPLES = 48_000
# Of each job: its site, and which film it is of. Events come back with them.
SITE, FILM = "site", "film"
COMPLETE, ERROR, CANCELED = "COMPLETE", "ERROR", "CANCELED"
_SOUND = "Audio Selector 1"


@dataclass(frozen=True)
class JobEnd:
    """How a job ended: the film it was of, and if it failed, why."""

    film: str
    failure: str | None


def minutes_of(facts: FilmFacts) -> int | None:
    """What a film is counted as: minutes begun; None if nobody knows how long it is."""
    return math.ceil(facts.seconds / 60) if facts.seconds else None


def make_job(facts: FilmFacts, source: str, target: str, role: str, token: str, tags: dict[str, str]) -> dict[str, Any]:
    """The arguments of CreateJob; ``source`` and ``target`` are `s3://` addresses, the latter without a suffix.

    ``token`` makes sure that a call that is made twice makes one job.
    """
    selectors = {"AudioSelectors": {_SOUND: {"DefaultSelection": "DEFAULT"}}} if facts.has_sound else {}
    return {
        "ClientRequestToken": token,
        "Role": role,
        "UserMetadata": tags,
        "Settings": {
            "TimecodeConfig": {"Source": "ZEROBASED"},
            "Inputs": [
                {
                    "FileInput": source,
                    "TimecodeSource": "ZEROBASED",
                    "VideoSelector": {"Rotate": "AUTO"},
                    **selectors,
                }
            ],
            "OutputGroups": [
                {
                    "Name": "File Group",
                    "OutputGroupSettings": {
                        "Type": "FILE_GROUP_SETTINGS",
                        "FileGroupSettings": {"Destination": target},
                    },
                    "Outputs": [_output(facts)],
                }
            ],
        },
    }


def read_end(body: str, site: str) -> JobEnd | None:
    """What a queue message says of a job of this site; None for every other message."""
    try:
        event = json.loads(body)
        detail = event["detail"] if event.get("source") == "aws.mediaconvert" else {}
        told = detail.get("userMetadata") or {}
        status, film = detail.get("status"), told.get(FILM)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    if told.get(SITE) != site or not isinstance(film, str) or status not in (COMPLETE, ERROR, CANCELED):
        return None
    if status == COMPLETE:
        return JobEnd(film, None)
    said = str(detail.get("errorMessage") or status.lower())
    return JobEnd(film, f"{said} ({detail['errorCode']})" if "errorCode" in detail else said)


def _output(facts: FilmFacts) -> dict[str, Any]:
    width, height = even(*fitted(facts.width, facts.height, FILM_SIDE))
    rate = min(MAX_RATE, facts.rate or MAX_RATE)
    codec = {
        "RateControlMode": "VBR",
        "Bitrate": _BITS,
        "MaxBitrate": _MAX_BITS,
        "QualityTuningLevel": "SINGLE_PASS",
        "CodecProfile": "HIGH",
        "FramerateControl": "SPECIFIED",
        "FramerateNumerator": round(rate * 1000),
        "FramerateDenominator": 1000,
        "GopSize": SECONDS_BETWEEN_KEYS,
        "GopSizeUnits": "SECONDS",
    }
    # Costs as the dearer tier, and only where a film has more light than a screen.
    bright = (
        {"VideoPreprocessors": {"ColorCorrector": {"ColorSpaceConversion": "FORCE_709"}}} if facts.is_bright else {}
    )
    sound = {
        "AudioSourceName": _SOUND,
        "CodecSettings": {
            "Codec": "AAC",
            "AacSettings": {"Bitrate": _SOUND_BITS, "CodingMode": "CODING_MODE_2_0", "SampleRate": _SAMPLES},
        },
    }
    return {
        "ContainerSettings": {"Container": "MP4", "Mp4Settings": {"MoovPlacement": "PROGRESSIVE_DOWNLOAD"}},
        "VideoDescription": {
            "Width": width,
            "Height": height,
            "ScalingBehavior": "DEFAULT",
            "CodecSettings": {"Codec": "H_264", "H264Settings": codec},
            **bright,
        },
        **({"AudioDescriptions": [sound]} if facts.has_sound else {}),
    }
