"""Notices that must be read: told to teams and roles from a moment on, with questions, receipts and reminders.

Words: a *notice* (必读公告) has an *audience* (对象), perhaps *questions* (测验) with a *pass mark* (及格线) and a
bound of *tries* (作答次数); a *receipt* (回执) says who opened, read and passed which edition of it. *Settled* (已完成)
is who has read it, and passed where there are questions. Never sends anybody away: it only bars going online.
"""
