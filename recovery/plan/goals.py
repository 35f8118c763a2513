"""What a campaign is for. Goals conflict, so they are named."""

from dataclasses import dataclass

from datamodules.errors import unknown_name


@dataclass(frozen=True)
class Goal:
    """A goal of a campaign.

    Attributes:
        name: its name.
        strategy: the strategy that serves it best, by default.
        words: what it asks for.
    """

    name: str
    strategy: str
    words: str


GOALS = {
    goal.name: goal
    for goal in (
        Goal("best-source", "network-improvement", "a source for each target that is as good as the best"),
        Goal("heat-map", "network-ranks", "the whole matrix, recovered well everywhere"),
        Goal("shared-sources", "network-shared", "the few sources to train at all, which serve all targets"),
    )
}


def find_goal(name: str) -> Goal:
    """A goal by its name.

    Raises:
        UserError: for an unknown name.
    """
    if name not in GOALS:
        raise unknown_name("goal", name, GOALS)
    return GOALS[name]
