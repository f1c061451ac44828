"""Why: the points of a campaign that a reader can open."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from coalition import db
from coalition.db import within
from coalition.wording import Worded


class Reason(Worded, db.Tenant, db.Base):
    """One reason in a sentence, with the text behind it."""

    __tablename__ = "campaign_reasons"
    table_args = (within("campaigns", "campaign_id"), Index(None, "campaign_id"))

    WORDS: ClassVar = ("title", "body")

    campaign_id: Mapped[UUID]
    position: Mapped[int]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
