"""The album in the home network: HTTPS on this machine's own addresses, behind the owner's password.

`hosts` says where to listen, `certificates` makes the certificate, `passwords` keeps the password and `sessions` who is
logged in. `front_door` stands before everything and lets in what `guest_calls` allows; `secure_server` serves it, and
`network` puts all of it together.
"""

from functions.errors import KinpicsError


class HomeError(KinpicsError):
    """The album can't be opened to the home network; the message says why and what to do."""
