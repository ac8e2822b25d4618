"""登录账号: with what people and their programs sign in: a first password, unified authentication, tokens of the API; barring
and letting in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine import administering as rules
from engine.case import local_day
from engine.duties import Person
from engine.errors import InvalidInput
from services import account_events, accounts, api_tokens, passwords
from services.account_events import NAMES, Kind
from services.accounts import Access, Account
from services.administering import Instruction
from services.api_tokens import LONGEST_DAYS, NewToken, Scope
from services.passwords import NO_PASSWORD, Secret
from services.store.account_links import LinkRow
from services.store.api_tokens import TokenRow
from services.web import frame
from services.web.books import account_links
from services.web.books.book import Act, Asked, Book, Row, Said, Section, at, is_allowed
from services.web.books.forms import asking, day, key_number, line, listed, one_of, read_day, some_of, text
from services.web.books.shelves import KEEPERS, PEOPLE
from services.web.fields import Schema

_SCOPES = {Scope.READ.value: "查看", Scope.WORK.value: "办理办件", Scope.RULE.value: "规定时限、清单、历法",
           Scope.ADMINISTER.value: "管理人员"}
_BARRERS = KEEPERS | {"security_admin"}
_TAGS: Mapping[Access, tuple[str, str]] = {
    Access.UNSET: ("未设密码", "yellow"), Access.DISABLED: ("已停用", "red"), Access.LOCKED: ("已锁定", "yellow"),
    Access.TO_CHANGE: ("待本人改密码", "blue"), Access.READY: ("可以登录", "green")}
_ACTS: Mapping[Access, tuple[str, ...]] = {Access.DISABLED: ("enable",), Access.LOCKED: ("unlock", "password", "disable")}
"""What is done about an account in a state; in the others, the usual."""
_MOST_EVENTS = 20
_EVENT_COLUMNS = ("时间", "事项", "操作人", "说明")
_TOKEN_COLUMNS = ("序号", "用途", "权限", "签发", "最后一日", "最近使用", "撤销")


def _rows(asked: Asked) -> Sequence[Row]:
    kept = {each.person.id: each for each in accounts.accounts(asked.connection)}
    linked, today = account_links.links(asked), local_day(asked.now)
    valid: dict[str, int] = {}
    for token in api_tokens.tokens(asked.connection):
        if token.revoked_at is None and today.isoformat() <= token.expires_on:
            valid[token.person] = valid.get(token.person, 0) + 1
    return [_row(asked, person, kept.get(person.id), valid.get(person.id, 0), linked.get(person.id))
            for person in asked.office.people.persons.values()
            if asked.with_history or person.until_on is None or today <= person.until_on]


def _row(asked: Asked, person: Person, account: Account | None, tokens: int, link: LinkRow | None) -> Row:
    access = accounts.access(account, asked.now, is_linked=link is not None)
    (tag, colour), usual = _TAGS[access], ("password", "disable", "issue", *(("revoke",) if tokens else ()))
    may = _allowed(asked, person)
    acts = (*(act for act in _ACTS.get(access, usual) if act in may), *account_links.acts_on(asked, person.id, link))
    is_over = person.until_on is not None and person.until_on < local_day(asked.now)
    ways = (frame.text("密码（{at}设）").format(at=at(account.secret.changed_at)) if account and _has_password(account) else "",
            frame.text("统一身份认证（{subject}）").format(subject=link.subject) if link else "")
    return Row(key=person.id, tag=tag, colour=colour, is_over=is_over, cells=(
        person.id, person.name, person.unit, "、".join(filter(None, ways)), str(tokens or "")),
        acts=() if is_over else acts)


def _allowed(asked: Asked, person: Person) -> frozenset[str]:
    """What the visitor may do about an account, whatever state it is in."""
    of, told, id = asked.office.people, _told(asked), person.id
    bars = is_allowed(rules.may_bar, of, asked.by, id, told.today, command="disable")
    may = {"password": is_allowed(accounts.may_set_password, of, told, id),
           "issue": is_allowed(api_tokens.may_issue, of, asked.by, id, told.today),
           "revoke": is_allowed(api_tokens.may_revoke, of, asked.by, id, told.today),
           "disable": bars, "enable": bars, "unlock": bars}
    return frozenset(act for act, is_his in may.items() if is_his)


def _has_password(account: Account) -> bool:
    return account.secret.hash != NO_PASSWORD.hash


def _details(asked: Asked) -> Sequence[Section]:
    events = account_events.events(asked.connection, person=asked.key, before=None, most=_MOST_EVENTS)
    past = Section(title=frame.text("经过（最近二十条）"), columns=_EVENT_COLUMNS, rows=tuple(
        (at(each.at), frame.text(NAMES[Kind(each.kind)]), each.by, each.detail) for each in events))
    return [*account_links.sections(asked), _tokens(asked), past]


def _tokens(asked: Asked) -> Section:
    rows = reversed(api_tokens.tokens(asked.connection, asked.key))
    return Section(title=frame.text("接口令牌"), columns=_TOKEN_COLUMNS, rows=tuple(
        (str(each.id), each.name, _said(each), f"{each.issued_by} {at(each.issued_at)}", each.expires_on, at(each.last_used_at),
         at(each.revoked_at)) for each in rows))


def _said(token: TokenRow) -> str:
    return "、".join(frame.text(_SCOPES[each]) for each in token.scopes.split(","))


def _told(asked: Asked) -> Instruction:
    return Instruction(by=asked.by, now=asked.now)


def _first_password(asked: Asked, said: Said) -> Said:
    """A password nobody has chosen, and what is kept of it."""
    given = passwords.first()
    kept = passwords.secret(given, accounts.known_of(asked.connection, asked.key), asked.hashing)
    return {"given": given, "kept": kept}


def _set_password(asked: Asked, said: Said) -> Sequence[Section]:
    kept = said["kept"]
    assert isinstance(kept, Secret)
    accounts.set_password(asked.connection, _told(asked), asked.key, kept)
    return [Section(title=frame.text("{key}的初始密码").format(key=asked.key), secret=str(said["given"]),
                    note=frame.text("请当面或者用其他可靠方式交给本人；本人首次登录时必须改掉。"))]


def _disable(asked: Asked, said: Said) -> None:
    accounts.disable(asked.connection, _told(asked), asked.key, reason=text(said, "reason"))


def _enable(asked: Asked, said: Said) -> None:
    accounts.enable(asked.connection, _told(asked), asked.key, reason=text(said, "reason"))


def _unlock(asked: Asked, said: Said) -> None:
    accounts.unlock(asked.connection, _told(asked), asked.key)


def _reason(asked: Asked) -> Schema:
    return asking(("reason",), reason=line("理由", 200))


def _token_form(asked: Asked) -> Schema:
    return asking(("name", "scopes", "expires_on"), name=line("用途", hint="哪个系统、做什么用"),
                  scopes=some_of("权限", _SCOPES),
                  expires_on=day("最后一日", frame.text("不超过{most}天").format(most=LONGEST_DAYS)))


def _issue(asked: Asked, said: Said) -> Sequence[Section]:
    last, scopes = read_day(said, "expires_on"), listed(said, "scopes")
    if last is None or not set(scopes) <= set(_SCOPES):
        raise InvalidInput("scopes", "choose one of the list")
    token, row = api_tokens.issue(asked.connection, NewToken(
        person=asked.key, name=text(said, "name"), scopes=frozenset(map(Scope, scopes)), expires_on=last), by=asked.by,
        now=asked.now)
    return [Section(title=frame.text("{key}的接口令牌（{name}）").format(key=asked.key, name=row.name), secret=token,
                    note=frame.text("权限：{scopes}；{last}之后失效。系统只保存摘要。").format(
                        scopes=_said(row), last=row.expires_on))]


def _name(token: TokenRow) -> str:
    return frame.text("{id} {name}（{scopes}，至{last}）").format(
        id=token.id, name=token.name, scopes=_said(token), last=token.expires_on)


def _revocable(asked: Asked) -> Schema:
    names = {str(each.id): _name(each) for each in api_tokens.tokens(asked.connection, asked.key) if each.revoked_at is None}
    return asking(("token",), token=one_of("令牌", names))


def _revoke(asked: Asked, said: Said) -> None:
    number = key_number(text(said, "token"))
    if number not in {each.id for each in api_tokens.tokens(asked.connection, asked.key)}:
        raise InvalidInput("token", "choose one of the list")
    api_tokens.revoke(asked.connection, number, by=asked.by, now=asked.now)


BOOK = Book(
    name="accounts", title="登录账号",
    note="谁能登录、用什么登录。密码只有本人知道；程序用接口令牌，能做的不超过其账号的岗位。", shelf=PEOPLE, rows=_rows,
    columns=("账号", "姓名", "单位", "登录方式", "有效令牌"), readers=_BARRERS | {"audit_admin"}, details=_details,
    acts=(
        Act(name="password", label="设初始密码",
            consequence="系统生成一个密码，只显示一次；本人的登录全部退出、锁定解除，首次登录必须改密码。", roles=KEEPERS,
            asks=lambda asked: asking(), do=_set_password, readies=_first_password, is_about_row=True),
        *account_links.ACTS,
        Act(name="disable", label="停用", consequence="立即不能登录：已登录的全部退出，接口令牌全部撤销。", roles=_BARRERS,
            asks=_reason, do=_disable, is_about_row=True),
        Act(name="enable", label="启用", consequence="可以用原来的密码登录；已撤销的令牌不恢复。", roles=_BARRERS, asks=_reason,
            do=_enable, is_about_row=True),
        Act(name="unlock", label="解锁", consequence="解除连续输错密码造成的锁定。", roles=_BARRERS,
            asks=lambda asked: asking(), do=_unlock, is_about_row=True),
        Act(name="issue", label="签发令牌", consequence="令牌只显示一次。持有令牌的程序可以在所选权限内以该账号办事。",
            roles=KEEPERS, asks=_token_form, do=_issue, is_about_row=True),
        Act(name="revoke", label="撤销令牌", consequence="使用该令牌的程序立即不能再访问。", roles=_BARRERS, asks=_revocable,
            do=_revoke, is_about_row=True)))
