"""Every table of the core, imported so that the metadata knows them all."""

import coalition.accounts.links
import coalition.accounts.models
import coalition.accounts.throttle
import coalition.accounts.tokens
import coalition.areas.models
import coalition.audit
import coalition.campaigns.models
import coalition.coalitions.models
import coalition.consents.models
import coalition.crypto
import coalition.decisions.meetings
import coalition.decisions.models
import coalition.decisions.votes
import coalition.idempotency
import coalition.jobs
import coalition.letters.models
import coalition.letters.partners
import coalition.letters.signatures
import coalition.mail.models
import coalition.mail.stops
import coalition.organizations.models
import coalition.outbox
import coalition.people.models
import coalition.plugins
import coalition.segments.models  # noqa: F401
