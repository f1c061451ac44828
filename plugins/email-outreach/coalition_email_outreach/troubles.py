"""What a mail server has against us, in words, for the pages and the command line."""

from flask_babel import gettext

from coalition.sdk import Answer, Trouble, Unreachable


def code_of(answer: Answer | None) -> str:
    """Return what is remembered of an answer: its codes, and no words, which may name people."""
    return f"{answer.code} {answer.status}".strip() if answer else "not taken"


def noted(error: Unreachable) -> str:
    """Return what is remembered of an error: its kind, then the server's codes or the cause."""
    return f"{error.trouble} {code_of(error.answer) if error.answer else error}"


def in_words(noted_trouble: str) -> str:
    """Say what `noted` remembers."""
    kind, _, detail = noted_trouble.partition(" ")
    words = {
        Trouble.ABSENT: gettext("The mail server cannot be found, or is switched off."),
        Trouble.SILENT: gettext("The mail server does not answer, or hangs up."),
        Trouble.CERTIFICATE: gettext(
            "The mail server's certificate cannot be trusted, so nothing is sent to it."
        ),
        Trouble.NO_TLS: gettext(
            "The mail server offers no encryption (STARTTLS), so it gets no password."
        ),
        Trouble.WRONG_TLS: gettext(
            "The mail server does not encrypt as its address says. Most take smtp:// at port 587"
            " and smtps:// at port 465."
        ),
        Trouble.PASSWORD: gettext("The mail server does not take our user and password."),
        Trouble.NO_PASSWORDS: gettext(
            "The mail server takes no password at this port. Most do at 587."
        ),
        Trouble.BUSY: gettext("The mail server asks us to wait."),
        Trouble.SENDER: gettext(
            "The mail server lets us send nothing: it does not know us, or not our address."
        ),
    }
    return f"{words[Trouble(kind)]} ({detail})"
