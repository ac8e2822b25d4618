"""The pages people work in, each subject a blueprint. They read, rehearse and give the same use cases as the API."""

from __future__ import annotations

from services.web.pages import account_events, case_list, home, sign_in

PAGES = (home.pages, sign_in.pages, case_list.pages, account_events.pages)
