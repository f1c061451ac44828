"""Every table of the core, imported so that the metadata knows them all."""

import coalition.accounts.links
import coalition.accounts.models
import coalition.accounts.throttle
import coalition.accounts.tokens
import coalition.actions.check_ins
import coalition.actions.follow_ups
import coalition.actions.ladder
import coalition.actions.models
import coalition.actions.participations
import coalition.areas.models
import coalition.audit
import coalition.campaigns.models
import coalition.campaigns.reasons
import coalition.campaigns.sponsors
import coalition.campaigns.updates
import coalition.coalitions.models
import coalition.comments.imports
import coalition.comments.models
import coalition.consents.models
import coalition.crypto
import coalition.decisions.meetings
import coalition.decisions.models
import coalition.decisions.pledges
import coalition.decisions.votes
import coalition.documents.models
import coalition.idempotency
import coalition.jobs
import coalition.letters.models
import coalition.letters.partners
import coalition.letters.signatures
import coalition.mail.models
import coalition.organizations.models
import coalition.outbox
import coalition.people.models
import coalition.plugins
import coalition.segments.models  # noqa: F401
