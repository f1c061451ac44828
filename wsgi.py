"""The WSGI application, for any WSGI server: `granian --interface wsgi wsgi:app`."""

from coalition.app import create_app

app = create_app()
