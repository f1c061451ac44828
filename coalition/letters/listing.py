"""How a signatory changes the line under a letter, without becoming somebody else."""

from coalition.letters.errors import NameNotYours
from coalition.letters.signatures import Signature, SignatureKind
from coalition.organizations.confusables import suspicious_characters
from coalition.organizations.names import clean_name, name_key


def relist(signature: Signature, *, listed: bool, display_name: str) -> None:
    """Change whether and how a signature is listed; an empty name means the usual one.

    A coordinator approved an organization under its name, so it can only be listed under a
    spelling of that name, not under another organization's.

    Raises:
        NameNotYours: it is another name. SignatureGone: it was withdrawn or rejected.
    """
    name = clean_name(display_name)
    if (
        name
        and signature.kind == SignatureKind.ORGANIZATION
        and (suspicious_characters(name) or name_key(name) not in _own_keys(signature))
    ):
        raise NameNotYours(field="display_name")
    signature.relist(listed=listed, display_name=name)


def _own_keys(signature: Signature) -> set[str]:
    if signature.organization is None:
        return {signature.organization_key}
    names = [signature.organization.name, *(a.name for a in signature.organization.aliases)]
    return {name_key(each) for each in names}
