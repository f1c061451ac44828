"""The return path of each message, as the core signs it; see `coalition.mail.return_paths`."""

from coalition.sdk import MailTold as Told
from coalition.sdk import coalitions_that_begin, mail_token_in, mail_token_of, read_mail_token

token_of, read_token, token_in = mail_token_of, read_mail_token, mail_token_in

__all__ = ["Told", "coalitions_that_begin", "read_token", "token_in", "token_of"]
