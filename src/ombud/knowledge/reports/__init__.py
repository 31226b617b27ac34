"""What becomes of knowledge: feedback, searches, uses, requests, findings, and who contributed what.

Words: *feedback* (反馈) says whether an article helped and why not; a *search without result* (无结果搜索) asks for
an article that is not there; a *use* (引用) put an article into an answer; a *request* (条目需求) asks for an article;
a *finding* (待核查) is a passage that somebody must look at because what it quotes changed, or another one contradicts
it; *points* (积分) credit contributors. Never counts what somebody did against them: the board knows credits alone.
"""
