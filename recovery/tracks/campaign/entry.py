"""An entry of a planning track: a shipped strategy, which picks in this process, or a submission."""

from dataclasses import dataclass

from benchmark.isolation.exchange import Message
from benchmark.isolation.submission import BUILD, check_name, find_code
from benchmark.isolation.worker import Code, WorkerError, ask
from datamodules.errors import UserError, unknown_name
from lit_models.loading.submission import is_submission
from recovery.strategies.base import PlanStrategy
from recovery.strategies.registry import STRATEGIES, load_strategy
from recovery.tracks.campaign.code_hash import campaign_hash
from recovery.tracks.campaign.isolated_strategy import IsolatedStrategy

LIMIT_SECONDS = 600.0  # of one batch of runs


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A strategy that campaigns are replayed with.

    Attributes:
        name: its name on boards: of a submission, that of its class.
        recovery_hash: hash of its code and of what replays and scores it; of a submission, as it claims.
        code: where the code of a submission lies; None for a strategy that picks in this process.
        limit_seconds: time limit of a batch of runs that a submission picks.
    """

    name: str
    recovery_hash: str
    code: Code | None = None
    limit_seconds: float = LIMIT_SECONDS

    def strategy(self, *, ahead: int) -> PlanStrategy:
        """A new instance, for one campaign.

        Args:
            ahead: how many runs a batch has, at most.
        """
        if self.code is None:
            return load_strategy(self.name)
        return IsolatedStrategy(self.code, ahead=ahead, limit_seconds=self.limit_seconds)


def find_entry(word: str, *, limit_seconds: float = LIMIT_SECONDS) -> Entry:
    """An entry by the name of its strategy, or one's own.

    Args:
        word: as for :func:`recovery.strategies.registry.load_strategy`; no code but shipped one runs here.
        limit_seconds: time limit of a batch of runs that a submission picks.

    Returns:
        The entry.

    Raises:
        UserError: for an unknown name, and if the code of a submission fails or describes itself wrongly.
    """
    if not is_submission(word):
        return shipped_entry(word)
    code = find_code(word)
    try:
        answer = ask(code, Message({}, {}), job="recovery.tracks.campaign.jobs:read", limits=BUILD)
    except WorkerError as error:
        raise UserError(f"{word} cannot be read: {error}") from error
    name, recovery_hash = (str(answer.values.get(key)) for key in ("name", "recovery_hash"))
    check_name(name, STRATEGIES, word=word)
    return Entry(name=name, recovery_hash=recovery_hash, code=code, limit_seconds=limit_seconds)


def shipped_entry(name: str, *, isolate: bool = False, limit_seconds: float = LIMIT_SECONDS) -> Entry:
    """The entry of a shipped strategy, whatever else a name may name.

    Args:
        name: of the strategy.
        isolate: treat it as a submission.
        limit_seconds: time limit of a batch of runs, if it is treated so.

    Raises:
        UserError: for an unknown name.
    """
    if name not in STRATEGIES:
        raise unknown_name("strategy", name, STRATEGIES)
    return Entry(
        name=name,
        recovery_hash=campaign_hash(STRATEGIES[name]),
        code=Code(word=name) if isolate else None,
        limit_seconds=limit_seconds,
    )
