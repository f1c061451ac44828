"""Broken rules about documents."""

from coalition.errors import N_, DomainError


class FileRefused(DomainError):
    """The file is of a kind that we do not keep."""

    status = 422
    code = "file_refused"
    message = N_("This file cannot be kept: %(reason)s")


class FileTooLarge(DomainError):
    """The file is too heavy."""

    status = 413
    code = "file_too_large"
    message = N_(
        "The file is larger than %(limit)d MB. Save it smaller, or give a link instead."
    )


class DocumentEmpty(DomainError):
    """There is neither a file nor a link, so a reader could not check what it says."""

    code = "document_empty"
    message = N_("Add a file or a link first: readers want to see the document itself.")
