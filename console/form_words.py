"""What the console calls the fields that people write in, and what it confirms once a form was sent."""

from collections.abc import Mapping

from incident.ids import Bilingual, in_both

WRITTEN: Mapping[str, Bilingual] = {
    "title": in_both("标题", "title"),
    "text": in_both("备注", "note"),
    "note": in_both("说明", "note"),
    "reason": in_both("理由", "reason"),
    "remark": in_both("说明", "remark"),
    "cause": in_both("原因", "cause"),
    "lessons": in_both("教训", "lessons"),
    "origin": in_both("来源", "origin"),
    "party": in_both("交给谁", "to or by whom"),
    "basis": in_both("依据", "ground"),
    "reference": in_both("回执编号等证明", "reference"),
    "zh": in_both("中文", "Chinese"),
    "en": in_both("英文", "English"),
    "title_zh": in_both("标题", "title"),
    "body_zh": in_both("正文", "text"),
    "title_en": in_both("英文标题", "English title"),
    "body_en": in_both("英文摘要", "English summary"),
    "change_zh": in_both("更正说明", "what was corrected"),
    "change_en": in_both("英文更正说明", "the same in English"),
    "name": in_both("文件名", "name of the file"),
    "file": in_both("回执文件名", "name of the file that proves it"),
    "recipient": in_both("收件人的公钥", "public key of who receives it"),
    "yaml": in_both("文件内容", "text of the file"),
}
"""The fields of forms in which people write, by name: what they are given back where it could not be sent."""
DONE: Mapping[str, Bilingual] = {
    "persons-asked": in_both("申请已登记，须另一人同意", "it is recorded; another person has to agree"),
    "persons-agreed": in_both("已同意，正在编制名单", "agreed: the list is being made"),
    "persons-stopped": in_both("已停止，已有的部分仍可取用", "stopped; the parts that there are stay"),
    "signed-out": in_both("已退出登录", "you are signed out"),
    "password": in_both("密码已修改，其他登录已全部失效", "the password is changed, all other sessions have ended"),
    "merged": in_both("已并案，本案由此继续", "the cases are one, which goes on here"),
    "split": in_both("已拆分为新案件，见时间线", "the alert is a case of its own, see the timeline"),
    "linked": in_both("关联已登记", "the link is recorded"),
    "unlinked": in_both("关联已取消", "the link is taken back"),
    "webhook-ended": in_both("已停止推送", "it is no longer told"),
    "token-revoked": in_both("令牌已撤销，立即失效", "the token is revoked, from now on"),
    "opened": in_both("已立案", "the case is open"),
    "answered": in_both("已登记您的答复", "your answer is recorded"),
    "retried": in_both("正在重试", "it is tried again"),
    "contained": in_both(
        "控制指令已下达，结果见时间线", "the containment is under way, see the timeline for its outcome"
    ),
    "lift-asked": in_both("请求已登记，须另一人同意", "it is recorded; another person has to agree"),
    "lifted": in_both("已同意，正在解除，结果见时间线", "agreed: it is being taken back, see the timeline"),
    "clue-withdrawn": in_both("已同意，线索已撤回", "agreed: the clue is taken back"),
    "reassessed": in_both("正在重新统计影响范围", "it is counted again who is affected"),
    "graded": in_both("级别已登记", "the grade is recorded"),
    "judged": in_both("职责认定已登记", "it is recorded whether the duty is owed"),
    "clock": in_both("起算时间已移动，原时间仍保留在记录中", "the clock is moved; what it was stays on record"),
    "fulfilled": in_both("履行情况已登记", "the fulfilment is recorded"),
    "happened": in_both("情况已登记", "it is recorded"),
    "moved": in_both("案件状态已更新", "the state of the case is changed"),
    "noted": in_both("备注已登记", "the note is recorded"),
    "evidence-added": in_both("证据已加入，已加密保存", "the evidence is kept, encrypted"),
    "evidence-moved": in_both("已登记", "it is recorded"),
    "role-given": in_both("角色已登记", "the role is recorded"),
    "playbook-proposed": in_both("已提议，等待另一人同意", "proposed: another person has to agree"),
    "playbook-agreed": in_both("已同意，新的案件可以由它引导", "agreed: new cases can be led by it"),
    "playbook-withdrawn": in_both("已撤回", "withdrawn"),
    "step-taken": in_both("承办人已登记", "who does the step is recorded"),
    "step-given-back": in_both("已退回，等待该岗位的人承办", "the step waits for its role again"),
    "task-given": in_both("任务已登记", "the task is recorded"),
    "task-done": in_both("已登记完成", "it is recorded as done"),
    "marked": in_both("标记已登记", "the mark is recorded"),
    "restricted": in_both("查看范围已登记", "it is recorded who may open the case"),
    "reviewed": in_both("复盘已登记", "the review is recorded"),
    "drill-begun": in_both("演练已开始", "the drill has begun"),
    "stated": in_both("报送事项已登记", "the item is recorded"),
    "settled": in_both("事实已核定", "the fact is settled"),
    "called-off": in_both("定时发布已取消，须重新提交", "it is not published at its time, and is to be submitted anew"),
    "redrafted": in_both("已按现有事实重新起草", "the notice is filled in anew"),
    "edited": in_both(
        "草稿已保存，原有的提交和批准作废", "the draft is saved; it has to be submitted and approved anew"
    ),
    "submitted": in_both("已提交，请另一人批准", "submitted: another person has to approve it"),
    "approved": in_both("已批准，正在发布", "approved: it is being published"),
    "withdrawn": in_both("正在撤回", "it is being withdrawn"),
    "silenced": in_both(
        "已静音：在此期间的发现仍列为告警，不立案", "silenced: its findings are still listed, and open no case"
    ),
    "silence-ended": in_both("静音已结束", "the silence is ended"),
    "alert-acknowledged": in_both("已确认，由您处理", "acknowledged: you see to it"),
    "alert-assigned": in_both("已指派", "it is assigned"),
    "alert-snoozed": in_both(
        "已暂缓，到期或增长过多时自动返回", "snoozed: it comes back by itself, at once if it grows too much"
    ),
    "alert-closed": in_both("已关闭，定性已计入这条规则的精确率", "closed; it counts in the precision of its rule"),
    "alert-reopened": in_both("已重新打开", "it is open again"),
    "rule-proposed": in_both("已提议，看过试的结果再生效", "it is proposed: look at what it would have raised"),
    "rule-live": in_both("已生效，几秒内开始检测", "it is in force, within seconds"),
    "rule-withdrawn": in_both("提议已撤回", "the proposal is withdrawn"),
    "search-saved": in_both("查询已保存", "the search is kept"),
    "search-renamed": in_both("查询已更改", "the search is changed"),
    "search-deleted": in_both("查询已删除", "the search is kept no longer"),
    "permit-ended": in_both("许可已终止，一秒内生效", "the permit is ended, within a second"),
    "permit-reviewed": in_both("复核结论已登记", "the review is recorded"),
    "policy-drafted": in_both("草稿已建立", "the draft is made"),
    "policy-edited": in_both(
        "草稿已保存，须重新提交和批准", "the draft is saved; it has to be submitted and approved anew"
    ),
    "policy-submitted": in_both("已提交，请另一位安全管理员批准", "submitted: another officer has to approve it"),
    "policy-approved": in_both("已批准，可以发布", "approved: it can be published"),
    "policy-published": in_both("已发布，一秒内生效", "published: it is in force within a second"),
    "policy-rebased": in_both(
        "已合并到现行版本，须重新提交和批准", "brought onto the version in force: submit it anew"
    ),
    "policy-withdrawn": in_both("草稿已撤回", "the draft is withdrawn"),
    "policy-rolled-back": in_both("已退回，一秒内生效", "rolled back: it is in force within a second"),
}
"""What a page confirms after a form, by the code that the redirect leaves."""
