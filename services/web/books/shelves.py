"""The headings under which books stand on the first page, and who reads and keeps most of them."""

from __future__ import annotations

from services.web.admission import KEEPERS, RULERS

PEOPLE, CATALOGUE, TIME, EMPOWERING, CREDIT, WIRE = (
    "人员与委托", "事项库", "时限、规则与历法", "赋权、清单与评估", "承诺与信用", "系统对接")

SHELVES = (PEOPLE, CATALOGUE, TIME, EMPOWERING, CREDIT, WIRE)
"""In the order in which they are shown."""

READERS = RULERS | {"supervisor", "audit_admin"}
"""Who read what the office rules: besides those who rule it, who watches it and who audits it."""

HANDLERS = frozenset({"clerk", "reviewer", "approver"})
"""Who work on cases."""

__all__ = ["CATALOGUE", "CREDIT", "EMPOWERING", "HANDLERS", "KEEPERS", "PEOPLE", "READERS", "RULERS", "SHELVES", "TIME", "WIRE"]
