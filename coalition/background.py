"""All of the core that hears facts or runs by itself, imported so that each process knows it.

Web, worker and scheduler import this: a process that did not know a subscriber would hand out
its facts to nobody.
"""

import coalition.accounts.jobs
import coalition.actions.conditions
import coalition.actions.jobs
import coalition.actions.subscribers
import coalition.actions.taking_part
import coalition.campaigns.events
import coalition.campaigns.subscribers
import coalition.comments.events
import coalition.comments.jobs
import coalition.comments.subscribers
import coalition.consents.link_requests
import coalition.consents.returned
import coalition.consents.subscribers
import coalition.decisions.events
import coalition.decisions.votes
import coalition.idempotency
import coalition.letters.jobs
import coalition.letters.subscribers
import coalition.letters.taking_part
import coalition.mail.sending
import coalition.notices.jobs
import coalition.notices.subscribers  # noqa: F401
