"""The pages people work in, each subject a blueprint. They read, rehearse and give the same use cases as the API."""

from __future__ import annotations

from services.web.pages import case_list, home, progress_acts, ratings

PAGES = (home.pages, case_list.pages, progress_acts.pages, ratings.pages)
