"""One application for a company 企业开办一件事, as data: a case in each of six departments, one of which is late.

The registration is granted on the afternoon of Friday 13 February, so the half day of the others is over at noon on Saturday,
a make-up working day. 市公安局 has taken it for a holiday: its case lapses, the others and the bundle itself do not, which has
until the end of that day.
"""

from __future__ import annotations

from services.demo.script import Story, done, filed, on

_CODE = "91430600MA40000130"

BUNDLE = Story(title="企业开办一件事:公章刻制逾期,升级到市公安局", process="company_setup_bundle", scenes=(
    on("02-13 09:00", filed(
        applicant="蒋慧", company_name="岳阳洞庭智造有限公司", park="湘阴高新区", channel="窗口", representative="蒋慧",
        capital=500, business_scope="智能装备制造", seal_engraver="湘阴第二刻章点", employees=12, bank="湘阴支行",
        materials=["登记(备案)申请书", "公司章程", "住所使用证明", "法定代表人身份证件"])),
    on("02-13 09:20", done("register", receipt_number="收2026-0213-07")),
    on("02-13 09:40", done("verify", opinion="材料齐全,各部门共用,不再另收")),
    on("02-13 11:00", done("review", of="company_registration", opinion="材料齐全,符合法定形式")),
    on("02-13 14:30", done("decide", of="company_registration", opinion="符合登记条件")),
    on("02-13 15:00", done("make_licence", of="company_registration", licence_number="430624000012345", credit_code=_CODE)),
    on("02-13 16:00", done("review", of="invoice_issuing", opinion="核定数电票")),
    on("02-13 16:10", done("review", of="insurance_registration")),
    on("02-13 16:20", done("review", of="fund_registration")),
    on("02-13 16:30", done("review", of="bank_appointment")),
    on("02-14 09:10", done("decide", of="invoice_issuing")),
    on("02-14 09:20", done("provide_device", of="invoice_issuing", reason="使用数电票,无需税控设备")),
    on("02-14 09:30", done("decide", of="insurance_registration")),
    on("02-14 09:40", done("decide", of="fund_registration")),
    on("02-14 10:00", done("decide", of="bank_appointment")),
    on("02-14 12:30", done("supervise_promise", of="seal_engraving", cause="误将调休上班日当作休息日", measures="当日补办")),
    on("02-14 13:40", done("review", of="seal_engraving")),
    on("02-14 14:00", done("decide", of="seal_engraving", opinion="同意备案")),
    on("02-14 14:40", done("engrave", of="seal_engraving", seal_record="湘阴印备〔2026〕31号", seals=["公章", "财务专用章"])),
    on("02-14 15:30", done("hand_over", delivery="窗口领取"))))
