"""What was read of a bundle, in the shapes of the API."""

from __future__ import annotations

from dataclasses import asdict

from services.family import Kin, Relative
from services.web.shapes import bundles as shapes


def relative(found: Relative) -> shapes.Relative:
    """A case of the same bundle."""
    return shapes.Relative(**asdict(found))


def child(found: Kin) -> shapes.Child:
    """A child the bundle has asked for."""
    return shapes.Child(token=found.token, node=found.node, name=found.name, is_optional=found.is_optional,
                        after=list(found.after), result=found.result, is_wanted=found.is_wanted,
                        case=None if found.case is None else relative(found.case))
