"""The API: each subject a file of views. What they take and give is in `shapes`, how a stored thing is said in `answers`."""

from __future__ import annotations

from services.web.api import (
    accepting,
    accounts,
    assessments,
    audit,
    bringing_in,
    bundles,
    calendar,
    cases,
    catalogue,
    clocks,
    contacts,
    decision_lists,
    documents,
    drafts,
    empowerment,
    explain,
    figures,
    library,
    offers,
    oversight,
    people,
    permits,
    projects,
    queues,
    rulings,
    service,
    taking_in,
    tasks,
    time,
    uploads,
    verbs,
)

ROOMS = (cases.api, time.api, oversight.api, tasks.api, verbs.api, clocks.api, explain.api, explain.fragments, calendar.api,
         rulings.api, contacts.api, empowerment.api, catalogue.api, decision_lists.api, projects.api, assessments.api,
         bringing_in.api, accepting.api, permits.api, people.api, figures.api, bundles.api, offers.api, service.api,
         uploads.api, documents.api, library.api, drafts.api,
         accounts.api, audit.api, queues.api, taking_in.api)
