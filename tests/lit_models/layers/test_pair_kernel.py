"""The kernel between pairs of tasks against the Gaussian kernel that it approximates."""

import torch

from lit_models.layers.pair_kernel import pair_kernel_root


def test_features_of_pairs_approximate_a_gaussian_kernel() -> None:
    edge_attr = torch.randn(9, 9, 4, generator=torch.Generator().manual_seed(0))
    root = pair_kernel_root(edge_attr).flatten(1)
    distance = torch.cdist(edge_attr.view(81, 4), edge_attr.view(81, 4)).double()
    error = root.T @ root - torch.exp(-(distance**2) / 8)
    assert error.abs().mean() < 0.1
    torch.testing.assert_close((root.T @ root).diagonal(), torch.ones(81).double())
