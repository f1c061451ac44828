"""All of the core that hears facts or runs by itself, imported so that each process knows it.

Web, worker and scheduler import this: a process that did not know a subscriber would hand out
its facts to nobody.
"""

import coalition.accounts.jobs
import coalition.consents.subscribers
import coalition.decisions.events
import coalition.idempotency
import coalition.letters.jobs
import coalition.letters.subscribers
import coalition.mail.sending  # noqa: F401
