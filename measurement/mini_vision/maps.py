"""Label maps that scikit-image computes from a whole photograph, before patches are cut out.

Every function takes a photograph, [height, width, 3] in [0, 1], and returns [height, width, channels].
"""

import numpy as np

from measurement.mini_vision.photographs import FloatArray


def edges(image: FloatArray) -> FloatArray:
    """Strength of intensity edges: square root of the Sobel magnitude."""
    from skimage import filters

    return np.asarray(np.sqrt(filters.sobel(_grey(image)))[..., None])


def keypoints(image: FloatArray) -> FloatArray:
    """Corner strength: square root of the smaller eigenvalue of the structure tensor (Shi & Tomasi)."""
    from skimage import feature

    return np.asarray(np.sqrt(np.maximum(feature.corner_shi_tomasi(_grey(image), sigma=1.5), 0.0))[..., None])


def boundaries(image: FloatArray) -> FloatArray:
    """Boundaries of Felzenszwalb's unsupervised segments, blurred by two pixels."""
    from skimage import filters, segmentation

    segments = segmentation.felzenszwalb(image, scale=100.0, sigma=0.8, min_size=40)
    border = segmentation.find_boundaries(segments).astype(np.float64)
    return np.asarray(filters.gaussian(border, sigma=2.0))[..., None]


def curvature(image: FloatArray) -> FloatArray:
    """Both principal curvatures of the intensity surface: eigenvalues of the Hessian at 1.5 pixels."""
    from skimage import feature

    hessian = feature.hessian_matrix(_grey(image), sigma=1.5, order="rc", use_gaussian_derivatives=False)
    return np.moveaxis(_compress(np.asarray(feature.hessian_matrix_eigvals(hessian)), 0.02), 0, -1)


def orientation(image: FloatArray) -> FloatArray:
    """Local orientation as a double angle (cosine, sine); the vector's length is the coherence."""
    from skimage import feature

    rows, mixed, columns = feature.structure_tensor(_grey(image), sigma=2.0, order="rc")
    angle = np.stack([columns - rows, 2 * mixed], axis=-1)
    return np.asarray(angle / (rows + columns + 1e-4)[..., None])


def texture(image: FloatArray) -> FloatArray:
    """Texture energy: Gabor magnitudes at two frequencies, averaged over four directions."""
    from skimage import filters

    grey = _grey(image)
    energies = []
    for frequency in (0.15, 0.3):
        responses = [
            np.hypot(*filters.gabor(grey, frequency=frequency, theta=theta))
            for theta in np.linspace(0, np.pi, 4, endpoint=False)
        ]
        energies.append(np.sqrt(np.mean(responses, axis=0)))
    return np.stack(energies, axis=-1)


def shading(image: FloatArray) -> FloatArray:
    """Low-frequency shading: logarithm of the intensity, blurred by eight pixels."""
    from skimage import filters

    return np.asarray(filters.gaussian(np.log(_grey(image) + 0.05), sigma=8.0))[..., None]


def blobs(image: FloatArray) -> FloatArray:
    """Bright and dark blobs: differences of Gaussians at two scales."""
    from skimage import filters

    grey = _grey(image)
    return _compress(
        np.stack([filters.difference_of_gaussians(grey, low, 1.6 * low) for low in (1.5, 3.0)], axis=-1), 0.05
    )


def gradients(image: FloatArray) -> FloatArray:
    """Gradient magnitude distributed over eight directions, [height, width, 8]."""
    down, right = np.gradient(_grey(image))
    angle = np.arctan2(down, right) % (2 * np.pi) / (2 * np.pi) * 8
    bins = np.arange(8)
    distance = np.abs(angle[..., None] - bins)
    nearness = np.maximum(0.0, 1.0 - np.minimum(distance, 8 - distance))
    return np.asarray(nearness * np.hypot(down, right)[..., None])


def _grey(image: FloatArray) -> FloatArray:
    from skimage import color

    return np.asarray(color.rgb2gray(image))


def _compress(values: FloatArray, scale: float) -> FloatArray:
    """Compress signed values with long tails."""
    return np.arcsinh(values / scale)
