"""Broken rules about public comments and the lists of them."""

from coalition.errors import N_, DomainError, InvalidInput, NotFound


class UnknownItem(NotFound):
    """There is no such agenda item in this coalition, or nothing is published about it."""

    code = "agenda_item_unknown"
    message = N_("There is no such agenda item, or nothing is published about it yet.")


class ThresholdsOutOfOrder(InvalidInput):
    """A comment would be an adaptation and the text itself at once."""

    code = "thresholds_out_of_order"
    message = N_(
        "What counts as our text must be more alike to it than what counts as adapted:"
        " %(template)s %% is not more than %(adapted)s %%."
    )


class CommentTooLong(InvalidInput):
    """The text is longer than a comment is."""

    code = "comment_too_long"
    message = N_("This comment has %(chars)s characters; at most %(limit)s fit.")


class TextTaken(DomainError):
    """Two texts of a ledger have the same name in the same language."""

    code = "text_taken"
    message = N_("There is a text called “%(title)s” in this language already.")


class CountsDoNotAdd(InvalidInput):
    """The parts of a clerk's count are more than its whole."""

    code = "counts_do_not_add"
    message = N_(
        "The positions add up to %(sum)s, and that is more than the %(total)s comments in all."
    )


class ListTooLarge(DomainError):
    """The list is larger than can be read at once."""

    status = 413
    code = "list_too_large"
    message = N_(
        "This list has more than %(limit)s comments: line %(line)s is the first too many."
        " Split the file there, give each part the same first line with the names of the"
        " columns, and import the parts one after the other. Nothing was stored."
    )


class FileTooLarge(DomainError):
    """The file is larger than can be read at once."""

    status = 413
    code = "file_too_large"
    message = N_(
        "This file has %(size)s MB, and at most %(limit)s MB can be read at once. Split it into"
        " parts, each with the first line that names the columns, and import them one after the"
        " other. Nothing was stored."
    )


class ListUnreadable(InvalidInput):
    """The list cannot be read as it is meant to be."""

    code = "list_unreadable"


class EmptyList(ListUnreadable):
    """There is nothing in the list."""

    code = "list_empty"
    message = N_("There is no comment in this list: it is empty, or has only a first line.")


class NotText(ListUnreadable):
    """It is a picture, a PDF or a program."""

    code = "list_not_text"
    message = N_(
        "This is no list: line %(line)s holds characters that no text has. Export the clerk's"
        " list as CSV or XLSX; a PDF has to be copied and pasted as text."
    )


class WrongEncoding(ListUnreadable):
    """The bytes are no text in the chosen encoding."""

    code = "list_encoding"
    message = N_(
        "Line %(line)s cannot be read as %(encoding)s. Choose another encoding, or save the file"
        " as “CSV UTF-8”."
    )


class WorkbookUnreadable(ListUnreadable):
    """The spreadsheet is damaged, protected, or unpacks to something huge."""

    code = "workbook_unreadable"
    message = N_(
        "This spreadsheet cannot be opened: it is damaged, protected by a password, or much"
        " larger than it looks. Save it as CSV and import that."
    )


class QuotesOpen(ListUnreadable):
    """A quotation mark never closes, or closes in the middle of a cell."""

    code = "list_quotes"
    message = N_(
        "In the line that begins at %(line)s the quotation marks do not close. Correct that"
        " line, or read the list without quotation marks."
    )


class LostOnTheWay(ListUnreadable):
    """The list that travelled through the form did not come back whole."""

    code = "list_lost"
    message = N_("The list was lost on its way. Choose the file once more.")


class ColumnsMissing(ListUnreadable):
    """No column says anything that a ledger keeps."""

    code = "columns_missing"
    message = N_(
        "Say which column holds the comments, the names or the positions: line %(line)s has"
        " %(columns)s columns, and none of them was chosen for one of these."
    )


class ColumnsUnnamed(ListUnreadable):
    """The list has no headings that we know, and no person has said what its columns hold."""

    code = "columns_unnamed"
    message = N_(
        "Nothing in this list names its columns, so what stands above them is a guess. Look at"
        " the first lines, choose what each column holds, and tick that it is right."
    )


class ColumnTwice(ListUnreadable):
    """Two columns have a role that only one can have."""

    code = "column_twice"
    message = N_("Columns %(first)s and %(second)s cannot both be “%(reason)s”. Choose one.")


class NotPositions(ListUnreadable):
    """The column chosen for positions holds something else."""

    code = "not_positions"
    message = N_(
        "Column %(column)s has more than %(limit)s different words in it: these are no"
        " positions. Choose another column."
    )


class WordsUndecided(ListUnreadable):
    """Words for positions are not understood."""

    code = "words_undecided"
    message = N_("Say which position this means: %(words)s. Nothing was stored yet.")


class LinesUnreadable(ListUnreadable):
    """Some lines do not fit, and nobody said to leave them out."""

    code = "lines_unreadable"
    message = N_(
        "Lines that cannot be read: %(number)s. The first is line %(line)s. Choose other"
        " columns, correct the file, or tick that these lines are left out."
    )


class AlreadyImported(DomainError):
    """The same file was imported before."""

    code = "already_imported"
    message = N_(
        "This very list was imported already, on %(day)s. Nothing was stored. Undo that import"
        " first if it was read wrongly."
    )


class CannotUndo(DomainError):
    """The import is not in a state that allows this."""

    code = "cannot_undo"
    message = N_("This import is being undone already, or was.")
