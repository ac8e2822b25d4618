"""The pages people work in, each subject a blueprint. They read, rehearse and give the same use cases as the API."""

from __future__ import annotations

from services.web.pages import (
    account_events,
    administration,
    case,
    counter,
    designer,
    document_check,
    drawing,
    help,
    home,
    in_place,
    incidents,
    intake,
    messages,
    oidc,
    papers,
    progress_acts,
    ratings,
    receipts,
    sign_in,
    wall,
    wall_case,
    wall_figures,
    wall_oversight,
)
from services.web.pages.wall_scope import pages as wall_pages

PAGES = (home.pages, sign_in.pages, oidc.pages, counter.pages, case.pages, intake.pages, wall_pages, designer.pages,
         drawing.pages, administration.pages, account_events.pages, document_check.pages, progress_acts.pages, ratings.pages,
         receipts.pages, in_place.pages, incidents.pages, papers.pages, messages.pages, help.pages)
_WALL = (wall, wall_case, wall_figures, wall_oversight)
"""The rooms of the wall hang their pages into one blueprint."""
