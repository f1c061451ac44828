"""Every page of the core: the modules whose `pages` the application serves."""

from coalition.actions import (
    about,  # noqa: F401  it fills places on other pages
    check_in_views,
    manage_check_ins,
    manage_commitments,
    manage_ladder,
    manage_participations,
    manage_tasks,
)
from coalition.actions import link_views as action_links
from coalition.actions import manage as manage_actions
from coalition.actions import manage_editing as manage_action_editing
from coalition.actions import views as actions
from coalition.calendars import own_views as own_calendars
from coalition.calendars import views as calendars
from coalition.campaign_page import views as campaigns
from coalition.comments import manage as manage_comments
from coalition.comments import manage_import as manage_comment_import
from coalition.comments import manage_list as manage_comment_list
from coalition.comments import views as comments
from coalition.consents import views as preferences
from coalition.decisions import views as meetings
from coalition.letters import link_views as signature_links
from coalition.letters import manage as manage_letters
from coalition.letters import (
    manage_editing,
    manage_partners,
    manage_paste,
    manage_queue,
    manage_representing,
    manage_signatures,
)
from coalition.letters import views as letters
from coalition.mail import views as mailbox
from coalition.manage.blueprints import BLUEPRINTS
from coalition.notices import manage as meeting_clock
from coalition.segments import manage as segments

# Nobody is signed in there, so there is nothing to forge with.
PUBLIC = (
    letters.pages,
    signature_links.pages,
    campaigns.pages,
    actions.pages,
    action_links.pages,
    check_in_views.pages,
    meetings.pages,
    comments.pages,
    calendars.pages,
    own_calendars.pages,
    preferences.pages,
    mailbox.pages,
)

STAFF = (
    manage_letters.pages,
    manage_editing.pages,
    manage_queue.pages,
    manage_signatures.pages,
    manage_paste.pages,
    manage_partners.pages,
    manage_representing.pages,
    manage_actions.pages,
    manage_action_editing.pages,
    manage_participations.pages,
    manage_check_ins.pages,
    manage_ladder.pages,
    manage_tasks.pages,
    manage_commitments.pages,
    manage_comments.pages,
    manage_comment_import.pages,
    manage_comment_list.pages,
    meeting_clock.pages,
    segments.pages,
    *BLUEPRINTS,
)
