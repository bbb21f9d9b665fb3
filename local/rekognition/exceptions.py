"""Errors as Rekognition's API names them."""


class RekognitionError(Exception):
    """An error answer: ``code`` is the exception's name on the wire, ``status`` its HTTP status."""

    status = 400

    @property
    def code(self) -> str:
        return type(self).__name__


class InvalidParameterException(RekognitionError):
    pass


class InvalidImageFormatException(RekognitionError):
    pass


class ImageTooLargeException(RekognitionError):
    pass


class InvalidS3ObjectException(RekognitionError):
    pass


class InvalidPaginationTokenException(RekognitionError):
    pass


class ResourceNotFoundException(RekognitionError):
    pass


class ResourceAlreadyExistsException(RekognitionError):
    pass


class ConflictException(RekognitionError):
    pass


class IdempotentParameterMismatchException(RekognitionError):
    pass


class ServiceQuotaExceededException(RekognitionError):
    pass


class AccessDeniedException(RekognitionError):
    pass


class ProvisionedThroughputExceededException(RekognitionError):
    pass


class ThrottlingException(RekognitionError):
    pass


class UnknownOperationException(RekognitionError):
    pass


class SerializationException(RekognitionError):
    pass


class InternalServerError(RekognitionError):
    status = 500
