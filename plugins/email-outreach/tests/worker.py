"""A process that sends what is due until it is killed; the crash test runs some of these."""

import contextlib
import time

from coalition_email_outreach import sending
from sqlalchemy.exc import DBAPIError

from coalition.app import create_app

with create_app().app_context():
    while True:
        with contextlib.suppress(DBAPIError, OSError):
            sending.send_due()
        time.sleep(0.05)
