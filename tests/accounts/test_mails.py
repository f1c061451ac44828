"""Tests of mail to a coalition's coordinators about their work."""

from flask_babel import gettext
from sqlalchemy import update

from coalition import db
from coalition.accounts.mails import tell_coordinators
from coalition.accounts.models import User
from coalition.consents.models import SuppressionReason
from coalition.consents.suppressing import suppress
from coalition.testing import make_coalition, make_user


class TestTellCoordinators:
    def test_writes_to_each_in_their_language_and_to_nobody_else(self, app, coalition, mailbox):
        for address in ("ana@example.org", "bo@example.org", "gone@example.org"):
            make_user(address, coalition)
        make_user("viewer@example.org", coalition, "viewer")
        make_user("other@example.org", make_coalition("parks", "Parks"))
        with db.transaction() as session:
            for address, values in (
                ("ana@example.org", {"language": "es"}),
                ("gone@example.org", {"active": False}),
            ):
                session.execute(update(User).filter_by(email=address).values(**values))
        with db.transaction(coalition.id):  # as a person they ended the coalition's news
            suppress(coalition.id, "bo@example.org", SuppressionReason.UNSUBSCRIBE)

        with app.app_context(), db.transaction(coalition.id):
            tell_coordinators(coalition, lambda: (gettext("Language"), "x"))

        told = {each.recipient: each.subject for each in mailbox()}
        assert told == {"ana@example.org": "Idioma", "bo@example.org": "Language"}
