"""Finding out that the web server's port is in use."""

import socket
from collections.abc import Iterator

import pytest

from coalition.servers.errors import PortTaken, ServerError
from coalition.servers.ports import port_is_free, require_free_port

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


class TestPortIsFree:
    def test_tells_a_taken_port_from_a_free_one(self, taken: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            free_soon = listener.getsockname()[1]

        assert not port_is_free("127.0.0.1", taken)
        assert port_is_free("127.0.0.1", free_soon)

    def test_names_an_address_that_is_not_ours(self) -> None:
        with pytest.raises(ServerError, match=r"cannot listen on 192\.0\.2\.1"):
            port_is_free("192.0.2.1", 8000)


class TestRequireFreePort:
    def test_names_the_port_and_a_free_one(self, taken: int) -> None:
        with pytest.raises(PortTaken) as refusal:
            require_free_port("127.0.0.1", taken)

        text = str(refusal.value)
        assert text.startswith(f"port {taken} is taken; use PORT=")
        assert text.endswith(" make demo")
        assert port_is_free("127.0.0.1", int(text.split("PORT=")[1].split(maxsplit=1)[0]))
