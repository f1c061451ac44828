"""Headers that every answer carries: what a page may load, who may frame it, what it tells."""

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)

# A mail as its reader's program would show it: with its own style and without any script.
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


def init_app(app: Flask) -> None:
    """Add the headers to each answer of `app`."""
    app.after_request(_add)


def allow_framing(response: Response) -> Response:
    """Let every website show this answer in a frame, and load it as a picture.

    For pages without a form and without a link that changes something.
    """
    policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def holding_frame(response: Response) -> Response:
    """Let this page hold frames of other pages of ours, such as `framed_mail`."""
    policy = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    response.headers["Content-Security-Policy"] = policy
    return response


def framed_mail(response: Response) -> Response:
    """Show the HTML of a mail in a frame of our own pages; nothing in it runs or is loaded."""
    response.headers["Content-Security-Policy"] = _MAIL_POLICY
    return response


def allow_caching(response: Response, seconds: int) -> Response:
    """Let every cache keep this answer, one for each language; only for pages without a name."""
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.vary.add("Accept-Language")
    return response


def _add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    # Addresses of pages hold tokens and slugs of letters; nobody else needs to see them.
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response
