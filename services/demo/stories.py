"""Nine applications across the Spring Festival, as data: every way in which a single case can come out.

The Spring Festival of 2026 lies from 15 to 23 February; Saturday 14 and Saturday 28 February are make-up working days
(国办发明电〔2025〕7号). So a limit of one working day accepted on Friday the 13th is over on Saturday, and five working days
from the 12th end two weeks later.
"""

from __future__ import annotations

from datetime import date

from services.demo.script import Resume, Story, Suspend, Withdraw, done, filed, on

NINE = (
    Story(title="按时办结", process="company_setup", scenes=(
        on("02-11 09:00", filed(applicant="刘洋", company_name="岳阳云帆科技有限公司", capital=2_000_000, channel="窗口")),
        on("02-11 09:15", done("register", receipt_number="收2026-0211-01")),
        on("02-11 09:40", done("verify", opinion="材料齐全")),
        on("02-11 15:00", done("review_registration", opinion="材料齐全,符合法定形式")),
        on("02-12 10:00", done("decide_registration", opinion="符合登记条件")),
        on("02-12 14:30", done("make_seal", "issue_invoices", "insure", "open_fund", "book_bank")),
        on("02-12 16:00", done("hand_over", delivery="窗口领取")))),
    Story(title="提前办结(规划告知承诺)", process="four_permits", scenes=(
        on("02-11 09:30", filed(applicant="岳阳临港新材有限公司", project_name="新材料项目", planning_review="告知承诺")),
        on("02-11 09:50", done("register")),
        on("02-11 10:30", done("verify", opinion="材料齐全")),
        on("02-12 10:00", done("check_commitment", "review_drawings", "register_supervision")),
        on("02-13 15:00", done("decide_planning", "review_construction")),
        on("02-24 11:00", done("decide_construction", opinion="具备施工条件")),
        on("02-25 09:30", done("certify", certificate_numbers=["地字第2026011号", "建字第2026011号"])),
        on("02-26 10:00", done("hand_over", delivery="窗口领取")))),
    Story(title="一次性补正,现场整改后通过", process="joint_completion_inspection", scenes=(
        on("02-11 10:00", filed(applicant="湖南城陵矶物流有限公司", project_name="冷链仓库一期", floor_area=18_600.5)),
        on("02-11 10:20", done("register")),
        on("02-11 15:00", done("verify", outcome="correct", missing_documents=["消防检测报告"])),
        on("02-13 09:30", done("supplement", documents=["消防检测报告"])),
        on("02-13 11:00", done("verify", opinion="补正后材料齐全")),
        on("02-14 09:30", done("dispatch")),
        on("02-24 15:00", done("check_planning", "check_fire", "check_civil_defence", "check_archives", "check_quality")),
        on("02-25 10:00", done("visit", findings="二层疏散指示标志缺失")),
        on("02-25 16:00", done("summarise", outcome="rectify")),
        on("02-25 16:30", done("notify_defects", defects=["补装二层疏散指示标志"])),
        on("02-27 10:00", done("report_rectified")),
        on("02-28 10:00", done("visit_again", findings="已整改到位")),
        on("02-28 15:00", done("summarise")),
        on("03-02 10:00", done("decide_acceptance", opinion="各专项均合格")),
        on("03-03 10:00", done("file_completion", "hand_over")))),
    Story(title="五个工作日无人告知补正:视为受理,超力争时限", process="four_permits", scenes=(
        on("02-11 16:30", filed(applicant="岳阳高新建材有限公司", project_name="装配式构件厂")),
        on("02-11 16:50", done("register")),
        on("02-26 10:00", done("supervise_target", cause="窗口未在法定期限内核验", measures="当日补办,三日内办结")),
        on("02-26 15:00", done("review_planning", "review_drawings", "register_supervision", "review_construction")),
        on("02-27 11:00", done("decide_planning")),
        on("02-28 11:00", done("decide_construction")),
        on("03-02 09:30", done("certify")),
        on("03-02 15:00", done("hand_over", delivery="邮寄")))),
    Story(title="专家评审,特别程序期间不计时限", process="four_permits", scenes=(
        on("02-12 09:00", filed(applicant="岳阳长岭石化装备有限公司", project_name="重型装备制造基地")),
        on("02-12 09:20", done("register")),
        on("02-12 10:00", done("verify", opinion="材料齐全")),
        on("02-13 11:00", done("review_drawings", "register_supervision")),
        on("02-13 16:00", Suspend(ground="expert_review", document="岳开特告〔2026〕2号", expected_end=date(2026, 2, 27))),
        on("02-27 10:00", Resume()),
        on("03-02 10:00", done("review_planning", "review_construction")),
        on("03-03 15:00", done("decide_planning")),
        on("03-04 15:30", done("decide_construction")),
        on("03-05 09:30", done("certify", "hand_over")))),
    Story(title="决定前撤件", process="four_permits", scenes=(
        on("02-12 14:00", filed(applicant="岳阳经开置业有限公司", project_name="标准厂房三期")),
        on("02-12 14:20", done("register")),
        on("02-12 15:00", done("verify")),
        on("02-13 10:00", done("review_drawings", outcome="failed", opinion="消防车道宽度不足")),
        on("02-14 10:30", Withdraw(reason="申请人调整设计后重新申报")))),
    Story(title="超承诺黄牌,超法定红牌,超期办结", process="company_setup", scenes=(
        on("02-13 09:20", filed(applicant="黄蓉", company_name="岳阳巴陵餐饮管理有限公司", wants_fund=False)),
        on("02-13 09:40", done("register")),
        on("02-13 10:10", done("verify", opinion="材料齐全")),
        on("02-24 09:30", done("supervise_promise", cause="节前人员轮休,审查岗空缺", measures="当日补审")),
        on("02-25 15:00", done("review_registration")),
        on("02-26 09:10", done("supervise_statute", cause="核准岗积压", measures="约谈,当日办结")),
        on("02-26 10:00", done("decide_registration", opinion="符合登记条件")),
        on("02-26 14:00", done("make_seal", "issue_invoices", "insure", "book_bank")),
        on("02-26 16:00", done("hand_over", delivery="电子送达")))),
    Story(title="退回审查后按时办结", process="company_setup", scenes=(
        on("02-24 09:00", filed(applicant="杨帆", company_name="岳阳南湖文旅有限公司", wants_bank=False)),
        on("02-24 09:15", done("register")),
        on("02-24 09:45", done("verify")),
        on("02-24 11:00", done("review_registration")),
        on("02-24 15:30", done("decide_registration", outcome="send_back", reason="经营范围表述不规范")),
        on("02-25 09:30", done("review_registration", opinion="已按规范表述修改")),
        on("02-25 10:30", done("decide_registration", opinion="符合登记条件")),
        on("02-25 15:00", done("make_seal", "issue_invoices", "insure", "open_fund")),
        on("02-26 09:30", done("hand_over")))),
    Story(title="不予受理", process="company_setup", scenes=(
        on("02-25 14:00", filed(applicant="赵明", company_name="岳阳环球金控集团有限公司")),
        on("02-25 14:20", done("register")),
        on("02-25 15:00", done("verify", outcome="decline", reason="名称属于禁止登记的范围")))),
)
