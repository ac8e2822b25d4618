"""统一身份认证 in the book of accounts: whom the provider knows by which subject, linked and unlinked."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import NotFound
from services import account_links
from services.administering import Instruction
from services.store.account_links import LinkRow
from services.web import frame
from services.web.books.book import Act, Asked, Said, Section, at, is_allowed
from services.web.books.forms import asking, line, text
from services.web.books.shelves import KEEPERS
from services.web.fields import Schema

_COLUMNS = ("标识", "关联人", "关联时间")


def links(asked: Asked) -> dict[str, LinkRow]:
    """The links of all accounts; none where no provider is named."""
    return account_links.links(asked.connection, asked.issuer) if asked.issuer else {}


def acts_on(asked: Asked, account: str, link: LinkRow | None) -> tuple[str, ...]:
    """What the visitor may do about the link of an account."""
    act = "link" if link is None else "unlink"
    may = is_allowed(account_links.may_link, asked.office.people, _told(asked), account, command=act)
    return (act,) if asked.issuer and may else ()


def sections(asked: Asked) -> Sequence[Section]:
    """The link of a row; nothing where no provider is named."""
    found = links(asked).get(asked.key)
    rows = () if found is None else ((found.subject, found.linked_by, at(found.linked_at)),)
    return [Section(title=frame.text("统一身份认证"), columns=_COLUMNS, rows=rows)] if asked.issuer else []


def _form(asked: Asked) -> Schema:
    return asking(("subject",), subject=line("统一身份认证标识", 200, hint=frame.text(
        "本人点登录页的统一身份认证登录，未关联时页面会显示标识；请当面核对本人身份后填写")))


def _link(asked: Asked, said: Said) -> None:
    account_links.link(asked.connection, _told(asked), asked.key, issuer=_issuer(asked), subject=text(said, "subject"))


def _unlink(asked: Asked, said: Said) -> None:
    account_links.unlink(asked.connection, _told(asked), asked.key, issuer=_issuer(asked))


def _issuer(asked: Asked) -> str:
    if not asked.issuer:
        raise NotFound("link of account", asked.key, "no provider of unified authentication is named; the README says how")
    return asked.issuer


def _told(asked: Asked) -> Instruction:
    return Instruction(by=asked.by, now=asked.now)


ACTS = (
    Act(name="link", label="关联统一身份认证",
        consequence="持有该标识的人可以用统一身份认证登录此账号；还没改过的初始密码随即作废。", roles=KEEPERS, asks=_form,
        do=_link, is_about_row=True),
    Act(name="unlink", label="解除统一身份认证", consequence="不能再用统一身份认证登录此账号，已登录的全部退出；密码仍然有效。",
        roles=KEEPERS, asks=lambda asked: asking(), do=_unlink, is_about_row=True))
