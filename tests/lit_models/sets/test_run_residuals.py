"""Kriging of residuals within training runs."""

import torch

from lit_models.sets.run_residuals import shared_residuals


def test_what_targets_of_a_run_share_is_found() -> None:
    generator = torch.Generator().manual_seed(0)
    runs, targets = 400, 4
    common = torch.randn(runs, 1, generator=generator, dtype=torch.float64)
    value = common + 0.3 * torch.randn(runs, targets, generator=generator, dtype=torch.float64)
    value[:, 3] = torch.randn(runs, generator=generator, dtype=torch.float64)  # shares nothing
    run = torch.arange(runs).repeat_interleave(targets)
    target = torch.arange(targets).repeat(runs)
    known = torch.rand(runs * targets, generator=generator) < 0.7
    found = shared_residuals(value.flatten() * known, known, run, target)
    torch.testing.assert_close(found[known], value.flatten()[known])

    def correlation(rows: torch.Tensor) -> float:
        return float(torch.corrcoef(torch.stack([found[rows], value.flatten()[rows]]))[0, 1])

    assert correlation(~known & (target < 3)) > 0.85
    assert abs(correlation(~known & (target == 3))) < 0.2


def test_separate_runs_share_nothing() -> None:
    residual = torch.tensor([1.0, 0.0], dtype=torch.float64)
    known = torch.tensor([True, False])
    found = shared_residuals(residual, known, torch.tensor([0, 1]), torch.tensor([0, 0]))
    assert found.tolist() == [1.0, 0.0]
