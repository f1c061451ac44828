"""What people are written to for: what they agreed to, and answers to what they did.

Mail for a purpose that nobody made known here, such as one of a plugin that was removed, is not
sent: nobody can say any more whether it needs an agreement.
"""

from dataclasses import dataclass

from coalition.errors import N_

UPDATES = "coalition_updates"


@dataclass(frozen=True)
class Purpose:
    """Something that mail is sent for only to those who agreed.

    `label` names it in a list. `wording` is, word for word, what somebody agrees to on the
    preferences page; in both, `%(name)s` stands for the coalition or the organization that
    writes. Both are marked with `N_`.
    """

    name: str
    label: str
    wording: str


@dataclass(frozen=True)
class ServiceMail:
    """Mail because of something that its recipient did; nobody has to agree to it.

    Who ended all mail gets no more of it, unless it `is_awaited`: they did something this very
    moment and wait for it, such as for the link that confirms a signature. `label` names it in a
    list, `why` says below a mail why somebody gets it; both are marked with `N_`, and only what
    is sent to many at once needs them.
    """

    name: str
    is_awaited: bool = False
    label: str = ""
    why: str = ""


_known: dict[str, Purpose] = {}
_service_mails: dict[str, ServiceMail] = {}


def register(purpose: Purpose) -> Purpose:
    """Make a purpose known; called at start-up. Mail for it needs consent from then on.

    Raises:
        ValueError: another purpose has this name.
    """
    if purpose.name in _service_mails or _known.setdefault(purpose.name, purpose) != purpose:
        raise ValueError(f"there are two purposes called {purpose.name!r}")
    return purpose


def register_service_mail(mail: ServiceMail) -> ServiceMail:
    """Make mail known that answers what somebody did; called at start-up.

    Raises:
        ValueError: another purpose has this name.
    """
    if mail.name in _known or _service_mails.setdefault(mail.name, mail) != mail:
        raise ValueError(f"there are two purposes called {mail.name!r}")
    return mail


def known() -> list[Purpose]:
    """Return all that people can agree to, in the order in which it was made known."""
    return list(_known.values())


def purpose_called(name: str) -> Purpose | None:
    """Return what people can agree to under this name, or `None`."""
    return _known.get(name)


def service_mail_called(name: str) -> ServiceMail | None:
    """Return the kind of answer with this name, or `None`."""
    return _service_mails.get(name)


register(
    Purpose(
        UPDATES,
        N_("News and calls to act"),
        N_(
            "%(name)s may write to me about its letters and campaigns. I can end this at any"
            " time."
        ),
    )
)
