"""What goes wrong between a program and the API, before any rule of the domain is asked."""

from coalition.errors import N_, DomainError, InvalidInput


class MalformedBody(DomainError):
    """The body is no JSON."""

    status = 400
    code = "malformed_json"
    message = N_("The body is not valid JSON.")


class NotAnObject(InvalidInput):
    """The body is JSON, but not what any operation takes."""

    code = "not_an_object"
    message = N_("The body must be a JSON object with at most %(limit)d fields.")


class TooDeep(InvalidInput):
    """The body is nested deeper, or has more parts, than any operation needs."""

    code = "too_complex"
    message = N_("The body has too many parts: at most %(limit)d objects and lists fit.")


class NotJson(DomainError):
    """The body has another content type."""

    status = 415
    code = "unsupported_media_type"
    message = N_("Send JSON with the header “Content-Type: application/json”.")


class BadCursor(InvalidInput):
    """The cursor was not made by this list."""

    code = "bad_cursor"
    message = N_("This cursor is not one that the list gave. Start without a cursor.")


class PreconditionMissing(DomainError):
    """A change must say which state of the record it is meant for."""

    status = 428
    code = "precondition_required"
    message = N_(
        "Send the header “If-Match” with the ETag that you got when you read this record, so"
        " that nobody else's change is lost."
    )


class PreconditionFailed(DomainError):
    """The record was changed by somebody else."""

    status = 412
    code = "precondition_failed"
    message = N_("This record has changed since you read it. Read it again first.")


class BadKey(InvalidInput):
    """The Idempotency-Key has a wrong form."""

    code = "bad_idempotency_key"
    message = N_("An Idempotency-Key has 1 to %(limit)d visible ASCII characters.")


class KeyReused(InvalidInput):
    """The Idempotency-Key came with another request before."""

    code = "idempotency_key_reused"
    message = N_("This Idempotency-Key was used for another request. Make a new one.")


class KeyInUse(DomainError):
    """A request with the same Idempotency-Key is being answered right now."""

    code = "idempotency_key_in_use"
    message = N_("A request with this Idempotency-Key is under way. Try again in a second.")
