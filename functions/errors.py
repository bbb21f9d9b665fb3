"""The one base class of the errors that kinpics raises itself."""


class KinpicsError(Exception):
    """An error somebody can act on: the message says what happened and what to do, ``code`` names its kind.

    A class's code is its name without "Error"; where one class stands for several kinds, the code is given.
    """

    code: str = "Kinpics"

    def __init__(self, message: str, *, code: str = ""):
        super().__init__(message)
        self.code = code or self.code

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = cls.__name__.removesuffix("Error")
