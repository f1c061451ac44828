"""What is written on the public pages of preferences."""

from marshmallow import Schema

from coalition.fields import MailAddress


class LinkRequestForm(Schema):
    """Where a new link is to be sent."""

    email = MailAddress(required=True)
