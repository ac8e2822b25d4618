"""A refusal in an applicant's words: at which field, and what he can do. What the engine says is for the office.

A field of a form has a sentence; an act that is not possible any more another. A refusal nobody has foreseen sends him to the
window, where they see the engine's own reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import AlreadyDecided, Forbidden, InvalidInput, NotFound, Refusal, Stale
from services.web.frame import text

_FIELDS: Mapping[str, str] = {
    "file": "这个文件不能接收：只收 PDF、JPG、PNG、OFD、DOCX、XLSX。请转存成这些格式之一再上传。",
    "file.size": "文件太大：请压缩、分成几个文件，或者用低一些的分辨率扫描后再上传。",
    "file.empty": "这是一个空文件，请重新选择。", "file.locked": "文件加了密码，请去掉密码后再上传。",
    "file.contents": "文件里带有程序、压缩包或者异常内容，请另存一份干净的文件再上传。",
    "file.most": "这件办件的文件已经太多或者太大，请删除不需要的，或者把其余材料送到窗口。",
    "name": "文件名不对：文件名不能带路径和看不见的字符，后缀要与内容相符。请改名后再上传。",
    "material": "请选择这是哪一项材料。", "materials": "请先上传材料，再勾选已经上传的材料提交。",
    "without_files": "还没有上传任何文件。如果不需要上传文件，请勾选“没有文件要上传”。",
    "remarks": "说明最多 2000 字。", "agreed": "请阅读全文后勾选“我已阅读并同意”。", "confirmed": "请勾选确认后再撤件。",
    "signer": "请填写签署人姓名或者单位名称，最多 100 字。",
    "digest": "承诺书的文本刚刚有了更新，请重新阅读后再签署。", "reason": "撤件原因最多 500 字。",
    "way": "请选择一种领取方式。",
    "recipient": "请填写收件人，最多 50 字。", "phone": "请填写收件人的电话，例如 0730-8880000 或者手机号码。",
    "address": "请填写邮寄地址，最多 200 字。", "applicant": "请填写申请听证的人或者单位，最多 100 字。",
    "level": "请选择一个评价等级。", "reasons": "评价不满意时，请至少选择一项原因，以便整改。", "text": "意见最多 1000 字。",
    "outcome": "请选择一项。", "data.remarks": "说明最多 2000 字。",
}

_ACTS: Mapping[str, str] = {
    "progress.complete": "现在不能提交补正材料：窗口可能已经收下，或者已过补正期限。请回到进度页查看。",
    "progress.supplied": "现在不能补齐：可能已过补齐期限，需由审批人同意。请联系受理窗口。",
    "progress.sign": "现在不能签署告知承诺书：可能已经受理、本事项不适用，或者信用记录不符合条件。可以按一般方式办理。",
    "progress.withdraw": "现在不能撤件：只有在作出决定之前可以撤件；一件事中的事项随主办件一并撤件。",
    "progress.choose_hand_over": "现在不能选择领取方式：结果已经送达，或者没有需要送达的结果。",
    "progress.request_hearing": "现在不能申请听证：申请听证须在被告知之日起五个工作日内提出。",
    "progress.rate": "现在不能评价：一件办件只评价一次，办结以后才可以评价。",
    "progress.attach": "现在不能上传文件：没有需要您提交的材料，或者文件没有通过安全检查。",
    "progress.remove": "这个文件不能删除：已经提交，或者不是您上传的。",
}

_MOVED_ON = "办件刚刚有了变化，请回到进度页查看后再办。"
_OTHERWISE = "这一步没有办成，办件没有改动。请稍后再试，或者联系受理窗口。"


def fault_of(endpoint: str, refusal: Refusal) -> tuple[str, str]:
    """The field, "" for none, and the sentence."""
    match refusal:
        case InvalidInput() if refusal.field in _FIELDS:
            return refusal.field.removeprefix("data.").partition(".")[0], text(_FIELDS[refusal.field])
        case Stale() | AlreadyDecided():
            return "", text(_MOVED_ON)
        case Forbidden() | NotFound() if endpoint in _ACTS:
            return "", text(_ACTS[endpoint])
    return "", text(_OTHERWISE)
