"""The one base class of the errors that kinpics raises itself."""

from collections.abc import Mapping

# What an error is about, for pages that say it in their own language.
Values = Mapping[str, str | int | list[str]]


class KinpicsError(Exception):
    """An error somebody can act on: the message says what happened and what to do, ``code`` names its kind.

    A class's code is its name without "Error"; where one class stands for several kinds, the code is given. Pages have
    words of their own for each code, in their language, with ``values`` in them.
    """

    code: str = "Kinpics"

    def __init__(self, message: str, *, code: str = "", values: Values | None = None):
        super().__init__(message)
        self.code = code or self.code
        self.values: Values = values or {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = cls.__name__.removesuffix("Error")
