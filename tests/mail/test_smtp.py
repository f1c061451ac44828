"""One kept SMTP connection: what each answer means, and what is in doubt."""

import socket
import threading
from collections.abc import Iterator

import pytest

from coalition.mail.smtp import (
    Answer,
    Deferred,
    InDoubt,
    Refused,
    SmtpConnection,
    Trouble,
    Unreachable,
)

MESSAGE = b"Subject: hi\r\n\r\n.dot\r\nend"


class Server:
    """Speaks a script: for each line that begins so, this answer; "hang up" ends it."""

    def __init__(self, pipelining: bool = True) -> None:
        self.answers: dict[str, list[str]] = {}
        self.lines: list[str] = []
        self.connections = 0
        self.greets = f"250-x\r\n250{'-PIPELINING' if pipelining else '-X'}\r\n250 8BITMIME"
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            with connection, connection.makefile("rb") as file:
                connection.sendall(b"220 x\r\n")
                self._speak(connection, file)

    def _speak(self, connection, file) -> None:
        in_text = False
        for raw in file:
            line = raw.decode().rstrip("\r\n")
            self.lines.append(line)
            if in_text and line != ".":
                continue
            verb = "." if in_text else line[:4].upper()
            default = {"EHLO": self.greets, "DATA": "354 go", ".": "250 taken"}
            scripted = self.answers.get(verb)
            answer = scripted.pop(0) if scripted else default.get(verb, "250 ok")
            in_text = verb == "DATA" and answer.startswith("354")
            if answer == "hang up":
                return
            connection.sendall(f"{answer}\r\n".encode())
            if verb == "QUIT":
                return


@pytest.fixture(params=[True, False], ids=["reads ahead", "one by one"])
def server(request) -> Iterator[Server]:
    started = Server(request.param)
    yield started
    started.close()


@pytest.fixture
def connection(server) -> Iterator[SmtpConnection]:
    made = SmtpConnection(server.url)
    yield made
    made.close()


def hand_over(connection: SmtpConnection, begun: list[str] | None = None) -> Answer:
    noted = begun if begun is not None else []
    return connection.hand_over(
        "a@x.example", "b@y.example", MESSAGE, begin=lambda: noted.append("begun")
    )


class TestHandOver:
    def test_takes_many_messages_over_one_connection(self, server, connection):
        begun: list[str] = []

        answers = [hand_over(connection, begun) for _ in range(5)]

        assert answers == [Answer(250)] * 5
        assert server.connections == 1
        assert begun == ["begun"] * 5
        assert server.lines.count("..dot") == 5
        assert server.lines.count("RCPT TO:<b@y.example>") == 5

    @pytest.mark.parametrize(
        ("verb", "answer", "error", "code"),
        [
            ("RCPT", "550 5.1.1 no b@y.example here", Refused, Answer(550, "5.1.1")),
            ("RCPT", "450 4.7.1 slower", Deferred, Answer(450, "4.7.1")),
            (".", "554 5.7.1 spam", Refused, Answer(554, "5.7.1")),
            (".", "451 later", Deferred, Answer(451)),
            ("DATA", "451 4.3.0 later", Deferred, Answer(451, "4.3.0")),
            ("MAIL", "550 5.7.1 not you", Unreachable, Answer(550, "5.7.1")),
            ("MAIL", "421 4.7.0 too much", Unreachable, Answer(421, "4.7.0")),
            ("RCPT", "421 bye", Unreachable, Answer(421)),
            # Exim's, without a code of their own
            ("RCPT", "550 relay not permitted", Refused, Answer(550, "5.7.1")),
            ("RCPT", "550 Administrative prohibition", Refused, Answer(550, "5.7.1")),
            ("RCPT", "550 <spam@relay.example>: unknown user", Refused, Answer(550)),
            # qmail's
            ("RCPT", "550 no mailbox by that name. (#5.1.1)", Refused, Answer(550, "5.1.1")),
            (".", "451 relay is busy", Deferred, Answer(451)),
        ],
    )
    def test_tells_apart_what_an_answer_means(
        self, server, connection, verb, answer, error, code
    ):
        server.answers[verb] = [answer]
        begun: list[str] = []

        with pytest.raises(error) as raised:
            hand_over(connection, begun)

        assert raised.value.answer == code
        assert "@" not in str(raised.value)
        assert begun == (["begun"] if verb == "." else [])
        assert hand_over(connection) == Answer(250)  # the next one is not harmed

    def test_is_in_doubt_when_the_answer_is_lost(self, server, connection):
        server.answers["."] = ["hang up"]
        begun: list[str] = []

        with pytest.raises(InDoubt):
            hand_over(connection, begun)

        assert begun == ["begun"]
        assert hand_over(connection) == Answer(250)

    @pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
    def test_is_not_in_doubt_when_the_text_was_not_sent(self, server, connection, verb):
        server.answers[verb] = ["hang up"]
        begun: list[str] = []

        with pytest.raises(Unreachable):
            hand_over(connection, begun)

        assert begun == []

    def test_leaves_no_server_waiting_for_a_text_that_will_not_come(self, server, connection):
        def full() -> None:
            raise OSError("no space left")

        with pytest.raises(OSError, match="no space left"):
            connection.hand_over("a@x.example", "b@y.example", MESSAGE, begin=full)

        assert "end" not in server.lines
        assert hand_over(connection) == Answer(250)
        assert server.lines.count("MAIL FROM:<a@x.example>") == 2
        assert server.connections == 2

    def test_connects_again_when_the_server_hung_up_meanwhile(self, server, connection):
        hand_over(connection)
        server.answers["MAIL"] = ["hang up"]
        begun: list[str] = []

        assert hand_over(connection, begun) == Answer(250)
        assert begun == ["begun"]
        assert server.connections == 2

    def test_connects_again_when_the_server_takes_so_many_over_one_connection(
        self, server, connection
    ):
        hand_over(connection)
        server.answers["MAIL"] = ["421 too many messages in one connection"]

        assert hand_over(connection) == Answer(250)
        assert server.connections == 2

    def test_connects_again_when_the_server_has_heard_enough_that_it_refuses(
        self, server, connection
    ):
        server.answers["RCPT"] = ["550 5.1.1 nobody"]
        with pytest.raises(Refused):
            hand_over(connection)
        server.answers["MAIL"] = ["421 4.7.0 too many errors"]

        assert hand_over(connection) == Answer(250)
        assert server.connections == 2

    def test_leaves_a_server_alone_that_takes_nothing_over_a_new_connection_either(
        self, server, connection
    ):
        hand_over(connection)
        server.answers["MAIL"] = ["421 slower", "421 slower"]

        with pytest.raises(Unreachable) as raised:
            hand_over(connection)

        assert raised.value.trouble == Trouble.BUSY
        assert server.connections == 2

    def test_is_unreachable_where_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]

        with pytest.raises(Unreachable):
            hand_over(SmtpConnection(f"smtp://127.0.0.1:{port}"))
