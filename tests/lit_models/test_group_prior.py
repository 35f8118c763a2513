"""The prior by groups, by hand."""

import torch

from datamodules.graph import graph_of
from lit_models.group_prior import GroupPrior

# Two groups, {0, 1} and {2, 3}; task 4 belongs to the second and has no transfer at all.
GROUPED = graph_of(
    torch.tensor(
        [
            [0.0, 4.0, 6.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 2.0, 0.0],
            [-2.0, 0.0, 0.0, 1.0, 0.0],
            [0.0, -6.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 0.0, 0.0],
        ]
    ),
    torch.tensor(
        [
            [False, True, True, False, False],
            [False, False, False, True, False],
            [True, False, False, True, False],
            [False, True, False, False, False],
            [False, False, False, False, False],
        ]
    ),
)._replace(group=torch.tensor([0, 0, 1, 1, 1]))
# Means with one entry's worth of shrinkage, group × group: 4 / 2, 8 / 3, −8 / 3, 1 / 2.
BETWEEN = torch.tensor([[2.0, 8 / 3], [-8 / 3, 0.5]])
# What each source deviates from that on each group: 0 has one entry in each, 1 has one in the second group,
# 2 one in each, 3 one in the first; each deviation is halved.
OF_SOURCE = torch.tensor([[1.0, 5 / 3], [0.0, -1 / 3], [1 / 3, 0.25], [-5 / 3, 0.0], [0.0, 0.0]])
# What is left of each target's single entry per source group, halved once more; rows are source groups.
OF_TARGET = torch.tensor([[0.0, 0.5, 5 / 6, -1 / 6, 0.0], [1 / 6, -5 / 6, 0.0, 0.125, 0.0]])


def test_group_prior_by_hand() -> None:
    group = GROUPED.group
    expected = BETWEEN[group][:, group] + OF_SOURCE[:, group] + OF_TARGET[group]
    torch.testing.assert_close(GroupPrior(5, 0)(GROUPED), expected)


def test_group_prior_ranks_a_new_task_by_its_group() -> None:
    scores = GroupPrior(5, 0)(GROUPED)
    # Onto the new task 4: groups' mean plus the source's deviation on that group.
    torch.testing.assert_close(scores[:4, 4], torch.tensor([13 / 3, 7 / 3, 0.75, 0.5]))
    # From it: groups' mean plus the target's deviation.
    torch.testing.assert_close(scores[4, :4], torch.tensor([-2.5, -3.5, 0.5, 0.625]))
    moved = GroupPrior(5, 0)(GROUPED._replace(group=torch.tensor([0, 0, 1, 1, 0])))
    assert not torch.allclose(moved[:4, 4], scores[:4, 4])


def test_a_task_without_a_group_is_one_of_its_own() -> None:
    """Tasks 0 and 1 transfer to each other; task 2 has no group and nothing observed, so nothing is known."""
    affinity = torch.tensor([[0.0, 4.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    graph = graph_of(affinity, affinity > 0)
    scores = GroupPrior(3, 0)(graph)
    assert scores[2].tolist() == [0.0, 0.0, 0.0]
    assert scores[0, 1] > scores[1, 0] > 0.0


def test_a_group_is_known_of_a_new_task_as_well() -> None:
    assert GroupPrior(8, 0).settings == {"transductive", "inductive"}
