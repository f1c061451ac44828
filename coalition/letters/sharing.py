"""Ways to pass a letter on that tell nobody who did."""

from dataclasses import dataclass
from urllib.parse import quote

import segno
from flask_babel import gettext

from coalition import web
from coalition.coalitions.models import Coalition
from coalition.letters.models import Letter


@dataclass(frozen=True)
class Share:
    """A letter's address in the forms in which people pass it on.

    `message` is a text with the address, `mail` a `mailto:` link with it, `code` a QR code as a
    `data:` address.
    """

    url: str
    title: str
    message: str
    mail: str
    code: str


def ways_to_share(coalition: Coalition, letter: Letter, source: str | None = None) -> Share:
    """Return ways to pass a letter on, in the page's language.

    Args:
        source: the source code under which signatures that come by it are counted.
    """
    more = {"source": source} if source else {}
    url = web.absolute_url("letters.show", coalition=coalition.slug, letter=letter.slug, **more)
    title = letter.text_in(web.language()).title
    message = gettext("I signed this letter. Will you sign it too?") + f"\n\n{title}\n{url}\n"
    return Share(
        url=url,
        title=title,
        message=message,
        mail=f"mailto:?subject={quote(title)}&body={quote(message)}",
        code=segno.make(url, error="m").svg_data_uri(scale=4, border=2),
    )
