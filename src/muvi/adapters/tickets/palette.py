"""The colours of a sheet, as places in one PNG palette.

A sheet is drawn in one byte a pixel: text is smoothed by stepping from its ground to its ink in sixteen
places of the palette. That takes a third of the memory of true colour and encodes several times faster.
"""

from __future__ import annotations

from dataclasses import dataclass

Rgb = tuple[int, int, int]

NIGHT: Rgb = (0x0F, 0x0A, 0x1E)
PANEL: Rgb = (0x1E, 0x14, 0x38)
IVORY: Rgb = (0xFF, 0xFC, 0xF5)
LAVENDER: Rgb = (0xA9, 0x9D, 0xCB)
GOLD: Rgb = (0xF4, 0xBC, 0x52)
ROSE: Rgb = (0xE2, 0x22, 0x63)
INK: Rgb = (0x17, 0x0F, 0x2C)
STONE: Rgb = (0x7C, 0x73, 0x8C)
HAIR: Rgb = (0xDD, 0xD5, 0xE2)
SEAM: Rgb = (0x3B, 0x2D, 0x60)

STEPS = 16
GRADIENT_STEPS = 40


@dataclass(frozen=True, slots=True)
class Ramp:
    """A ground and an ink: where they stand in the palette, and how a grey mask turns into its places."""

    first: int
    ground: Rgb
    ink: Rgb

    @property
    def solid(self) -> int:
        """The place of the plain ink."""
        return self.first + STEPS - 1

    @property
    def table(self) -> list[int]:
        """Place in the palette for each of the 256 greys of a mask."""
        return [self.first + (grey * (STEPS - 1) + 127) // 255 for grey in range(256)]


def _ramps(*pairs: tuple[Rgb, Rgb]) -> tuple[Ramp, ...]:
    return tuple(Ramp(number * STEPS, ground, ink) for number, (ground, ink) in enumerate(pairs))


_ALL = _ramps(
    (NIGHT, IVORY),
    (NIGHT, LAVENDER),
    (NIGHT, PANEL),
    (PANEL, IVORY),
    (PANEL, LAVENDER),
    (PANEL, GOLD),
    (GOLD, INK),
    (IVORY, INK),
    (IVORY, STONE),
    (IVORY, ROSE),
    (IVORY, HAIR),
    (PANEL, SEAM),
)
(
    IVORY_ON_NIGHT,
    LAVENDER_ON_NIGHT,
    PANEL_ON_NIGHT,
    IVORY_ON_PANEL,
    LAVENDER_ON_PANEL,
    GOLD_ON_PANEL,
    INK_ON_GOLD,
    INK_ON_PAPER,
    STONE_ON_PAPER,
    ROSE_ON_PAPER,
    HAIR_ON_PAPER,
    SEAM_ON_PANEL,
) = _ALL
PAPER_ON_NIGHT = IVORY_ON_NIGHT  # paper is ivory
GRADIENT_FIRST = len(_ALL) * STEPS
NIGHT_PLACE = IVORY_ON_NIGHT.first
PAPER_PLACE = INK_ON_PAPER.first
TABLES = {ramp: ramp.table for ramp in _ALL}


def palette_bytes() -> bytes:
    """The palette, three bytes a place."""
    colours = [_mix(ramp.ground, ramp.ink, step, STEPS) for ramp in _ALL for step in range(STEPS)]
    colours += [_mix(ROSE, GOLD, step, GRADIENT_STEPS) for step in range(GRADIENT_STEPS)]
    return bytes(value for colour in colours for value in colour)


def _mix(ground: Rgb, ink: Rgb, step: int, steps: int) -> Rgb:
    red, green, blue = (
        round(low + (high - low) * step / (steps - 1)) for low, high in zip(ground, ink, strict=True)
    )
    return red, green, blue
