"""Words as they are compared: without accents, by their stems in English and in Spanish.

A document and a question may be in either language, and many people type neither "í" nor "ñ".
So accents go on both sides, and a word is looked for under both languages' stems.
"""

ACCENTED = "áàâäãéèêëíìîïóòôöõúùûüñçÁÀÂÄÃÉÈÊËÍÌÎÏÓÒÔÖÕÚÙÛÜÑÇ"
PLAIN = "aaaaaeeeeiiiiooooouuuuncAAAAAEEEEIIIIOOOOOUUUUNC"
_TABLE = str.maketrans(ACCENTED, PLAIN)


def folded(text: str) -> str:
    """Take the accents off; every character stays in its place."""
    return text.translate(_TABLE)


def vector_of(expression: str) -> str:
    """Return the SQL that makes an SQL expression of type text searchable."""
    plain = f"translate({expression}, '{ACCENTED}', '{PLAIN}')"
    return f"to_tsvector('english', {plain}) || to_tsvector('spanish', {plain})"


def words_of(column: str) -> str:
    """Return the SQL that makes the texts in a JSON column searchable."""
    return f"""jsonb_to_tsvector('spanish', {column}, '["string"]')"""
