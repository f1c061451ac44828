"""What can go wrong with the servers that we start, in words for the person at the terminal."""


class ServerError(Exception):
    """A server did not start or cannot be used; the text says what to do."""


class AlreadyRunning(ServerError):
    """The servers of this data folder belong to another running process."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"already running, pid {pid}; stop it first with: kill {pid}")
        self.pid = pid


class PortTaken(ServerError):
    """The web server's port is in use."""
