"""Pages."""

from flask import Blueprint

pages = Blueprint("email-outreach", __name__, template_folder="templates")
