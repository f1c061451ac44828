"""Is the web server's port free, and which one is?"""

import errno
import socket

from coalition.servers.errors import PortTaken, ServerError

HIGHEST_PORT = 65535
TRIES = 50


def port_is_free(host: str, port: int) -> bool:
    """Say whether a server could listen on `host` and `port` now.

    Raises:
        ServerError: the port is reserved for root, or `host` is not an address of ours.
    """
    family, kind, protocol, _, address = _resolve(host, port)
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError:
            raise ServerError(
                f"port {port} is reserved for root; use a port from 1024 up, such as PORT=8000"
            ) from None
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                return False
            raise ServerError(f"cannot listen on {host}: {problem.strerror}") from None
    # macOS lets us bind beside a listener on all addresses; only a call finds that one.
    with socket.socket(family, kind, protocol) as caller:
        caller.settimeout(0.5)
        return caller.connect_ex(address) != 0


def require_free_port(host: str, port: int, *, command: str = "make demo") -> None:
    """Raise a message that names a free port if `port` is in use."""
    if port_is_free(host, port):
        return
    last = min(port + TRIES, HIGHEST_PORT)
    free = next((other for other in range(port + 1, last) if port_is_free(host, other)), None)
    advice = f"; use PORT={free} {command}" if free else ""
    raise PortTaken(f"port {port} is taken{advice}")


def _resolve(
    host: str, port: int
) -> tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str | int, ...]]:
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, OverflowError):
        raise ServerError(f"cannot listen on {host!r}, port {port}") from None
    return found[0]  # type: ignore[return-value]
