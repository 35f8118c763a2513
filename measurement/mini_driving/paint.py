"""Frames and maps around the ego vehicle, from above, the way it faces to the right."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from measurement.mini_driving.arrays import Bytes, FloatArray

LENGTH, WIDTH = 5.0, 2.0  # metres of every vehicle
SIDE = 48  # pixels of a frame
MAP = 24  # pixels of a map
METRES = 60.0  # side of what a frame shows
BEHIND = 15.0  # metres that it shows behind the ego vehicle
FINE = 192  # points a side: a frame's pixel is a mean of 16, a map's of 64
SCALE = 3.0  # pixels per metre of the canvas
MARGIN = 62.0  # metres of the canvas around the road
LONGEST = 800.0  # metres of a straight road that are drawn


class Canvas:
    """A road as highway-env's viewer draws it, and frames cut from it; no display is opened.

    Args:
        network: highway-env's road network.
    """

    def __init__(self, network: Any) -> None:
        import pygame
        from highway_env.road.graphics import LaneGraphics, WorldSurface

        lanes = network.lanes_list()
        points = np.array([lane.position(s, 0) for lane in lanes for s in np.linspace(0, lane.length, 9)])
        low = np.maximum(points.min(0), -LONGEST) - MARGIN
        high = np.minimum(points.max(0), LONGEST) + MARGIN
        size = tuple(int(each) for each in (high - low) * SCALE)

        def surface() -> Any:
            made = WorldSurface(size, 0, pygame.Surface(size))
            made.scaling, made.origin = SCALE, low
            return made

        self.road, self.scratch = surface(), surface()
        self.road.fill(self.road.GREY)
        ground = surface()
        for lane in lanes:
            LaneGraphics.display(lane, self.road)
            LaneGraphics.draw_ground(lane, ground, ground.WHITE, lane.width_at(0) / 2)
        self.drivable = pygame.surfarray.array_red(ground)
        self.markings = np.where(pygame.surfarray.array_red(self.road) == 255, 255, 0).astype(np.uint8)
        self.origin = low

    def frame(self, poses: FloatArray, ego: int) -> Bytes:
        """The scene around the ego vehicle, [3, 48, 48], red, green and blue.

        Args:
            poses: [vehicles, 5], see :class:`measurement.mini_driving.drive.Episode`.
            ego: number of the vehicle.
        """
        import pygame
        from highway_env.vehicle.graphics import VehicleGraphics

        self._clear(poses[ego])
        for number, (x, y, heading, _, crashed) in enumerate(poses):
            if np.hypot(x - poses[ego, 0], y - poses[ego, 1]) < MARGIN:
                colour = VehicleGraphics.EGO_COLOR if number == ego else VehicleGraphics.BLUE
                colour = VehicleGraphics.RED if crashed else colour
                vehicle = SimpleNamespace(
                    position=np.array([x, y]), heading=heading, color=colour, LENGTH=LENGTH, WIDTH=WIDTH
                )
                VehicleGraphics.display(vehicle, self.scratch, offscreen=True)
        across, down = self._pixels(poses[ego])
        return pooled(np.moveaxis(pygame.surfarray.pixels3d(self.scratch)[across, down], -1, 0), SIDE)

    def static(self, layer: Bytes, pose: FloatArray) -> Bytes:
        """A map [24, 24] of the road around a pose."""
        return pooled(layer[self._pixels(pose)], MAP)

    def _clear(self, pose: FloatArray) -> None:
        """Take the vehicles off the part of the canvas that is seen from a pose."""
        left, top = ((pose[:2] - self.origin - MARGIN - 8.0) * SCALE).astype(int)
        side = int(2 * (MARGIN + 8.0) * SCALE)
        self.scratch.blit(self.road, (left, top), (left, top, side, side))

    def _pixels(self, pose: FloatArray) -> tuple[np.ndarray, np.ndarray]:
        step = METRES / FINE
        ahead = (np.arange(FINE) + 0.5) * step - BEHIND
        right = (np.arange(FINE) + 0.5) * step - METRES / 2
        cos, sin = np.cos(pose[2]), np.sin(pose[2])
        x = pose[0] + cos * ahead[None] - sin * right[:, None]
        y = pose[1] + sin * ahead[None] + cos * right[:, None]
        width, height = self.road.get_size()
        across = np.clip((x - self.origin[0]) * SCALE, 0, width - 1).astype(np.int64)
        down = np.clip((y - self.origin[1]) * SCALE, 0, height - 1).astype(np.int64)
        return across, down


def pooled(fine: np.ndarray, side: int) -> Bytes:
    """Means over squares: [..., 192, 192] to [..., side, side], rounded."""
    square = FINE // side
    means = fine.reshape(*fine.shape[:-2], side, square, side, square).mean((-3, -1))
    return np.asarray(np.round(means), dtype=np.uint8)


def to_ego(points: FloatArray, pose: FloatArray) -> FloatArray:
    """World coordinates [..., 2] as metres ahead and to the right of a pose."""
    cos, sin = np.cos(pose[2]), np.sin(pose[2])
    x, y = points[..., 0] - pose[0], points[..., 1] - pose[1]
    return np.stack([cos * x + sin * y, cos * y - sin * x], axis=-1)


def filled(polygons: list[FloatArray]) -> Bytes:
    """Number of the polygon, from 1, that covers each point of the fine grid [192, 192]; 0 for none.

    Args:
        polygons: [corners, 2] each, metres ahead and to the right.
    """
    import pygame

    surface = pygame.Surface((FINE, FINE), depth=8)
    corner = np.array([BEHIND, METRES / 2])
    for number, polygon in enumerate(polygons, start=1):
        corners = (polygon + corner) * (FINE / METRES)
        pygame.draw.polygon(surface, number, corners.tolist())
    return np.asarray(pygame.surfarray.array2d(surface)).T


def rectangles(poses: FloatArray) -> FloatArray:
    """Corners of vehicles: [n, 5] to [n, 4, 2], in the poses' own coordinates."""
    corners = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) * [LENGTH / 2, WIDTH / 2]
    cos, sin = np.cos(poses[:, 2]), np.sin(poses[:, 2])
    turn = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    return np.asarray(poses[:, None, :2] + corners @ turn.transpose(0, 2, 1))
