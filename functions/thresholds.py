"""Similarities, in percent, from which two faces count as the same person where nothing else is asked for.

Similarity says how surely two faces are the same person; never mix it with confidence, which says how surely something
is a face. docs/rekognition.md has the figures these are chosen by.
"""

# Of a call of the search function without a `threshold`: Rekognition's own default.
# https://docs.aws.amazon.com/rekognition/latest/APIReference/API_SearchFaces.html (FaceMatchThreshold)
DEFAULT_THRESHOLD = 80.0
# Of the pages; `face_match_threshold` in kinpics.toml changes it.
DEFAULT_SITE_THRESHOLD = 90.0
# From which a new face is taken for somebody who asked to be forgotten.
FORGOTTEN_THRESHOLD = 90.0
