"""DetectFaces, CompareFaces: faces of pictures, without a collection."""

from local.rekognition import answers, quality
from local.rekognition.answers import MAX_FACES
from local.rekognition.context import Answer, Context, Request
from local.rekognition.exceptions import InvalidParameterException

_SIMILARITY_THRESHOLD = 80.0


async def detect_faces(context: Context, request: Request) -> Answer:
    """Find the faces of a picture."""
    _, analysis = await context.pictures.read(request)
    return {"FaceDetails": [answers.make_face_detail(face) for face in analysis.faces[:MAX_FACES]]}


async def compare_faces(context: Context, request: Request) -> Answer:
    """Compare the largest face of one picture with all faces of another."""
    threshold = request.get("SimilarityThreshold", _SIMILARITY_THRESHOLD)
    source, target = [
        quality.split((await context.pictures.read(request, name))[1], request.get("QualityFilter", "NONE"))[0]
        for name in ("SourceImage", "TargetImage")
    ]
    if not source or not target:
        raise InvalidParameterException("There are no faces in the source or the target image.")
    found = [
        (context.state.likeness.compare(source[0].vector, face.vector), answers.make_face_detail(face))
        for face in target[:MAX_FACES]
    ]
    found.sort(key=lambda match: -match[0])
    return {
        "SourceImageFace": {"BoundingBox": answers.make_box(source[0]), "Confidence": source[0].confidence},
        "FaceMatches": [{"Similarity": value, "Face": face} for value, face in found if value >= threshold],
        "UnmatchedFaces": [face for value, face in found if value < threshold],
    }
