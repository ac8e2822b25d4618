"""The shape of how a case was routed: whose it is by the empowerment list 赋权清单."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Routing(BaseModel):
    """Whose the case is, as the empowerment list 赋权清单 said on the day of receipt; it never changes."""

    model_config = ConfigDict(from_attributes=True)

    rule: int = Field(description="The row it was found in.")
    source: str = Field(description="The kind of that row: `empowerment` or `local_authority`.")
    mode: str = Field(description="赋权方式; `none`: the local authority 属地.")
    hall: str = Field(description="How the park works: `pilot`, `hall`, `no_hall`.")
    matter: str
    situation: str
    receives: str = Field(description="收件")
    accepts: str = Field(description="受理")
    reviews: str = Field(description="审查")
    decides: str = Field(description="决定")
    seals: str = Field(description="用印")
    seal: str = Field(description="印章编号; empty: that of whose name it is.")
    in_name_of: str = Field(description="名义")
    liable: str = Field(description="法律责任")
    supervises: str = Field(description="监管")
    why: str
