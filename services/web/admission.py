"""Who is admitted to which page. (Placeholder of the branch of accounts: everybody.)"""

from __future__ import annotations


def may(endpoint: str) -> bool:
    """Is this visitor admitted?"""
    return bool(endpoint)
