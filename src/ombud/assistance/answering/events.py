"""Facts about questions that a machine answers."""

from ombud.assistance.answering.schemas import Reason, TalkState
from ombud.shared.events import Fact


class QuestionAnswered(Fact, frozen=True, kw_only=True):
    """A machine answered a customer; ``answer_id`` names question, article and confidence."""

    answer_id: int
    entry_id: int
    article_id: int


class MachineTalkEnded(Fact, frozen=True, kw_only=True):
    """The machine is out of a conversation: it helped, nothing was heard any more, or a person has it."""

    state: TalkState
    reason: Reason | None = None


class AnswerHelped(Fact, frozen=True, kw_only=True):
    """A customer said whether a machine's answer helped."""

    answer_id: int
    helped: bool


class AnswerRuleChanged(Fact, frozen=True, kw_only=True):
    """A place answers otherwise."""

    rule_id: int


class AnswerTrialEnded(Fact, frozen=True, kw_only=True):
    """A trial of earlier tickets is done."""

    trial_id: int
