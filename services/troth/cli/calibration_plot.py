"""The picture of a backtest: what came true beside the chance that was given, a disc a bin, its area the number of questions."""

from math import sqrt
from typing import Any, Final

from troth.cli.words import counted

_SIDE, _LEFT, _TOP, _WIDTH, _HEIGHT = 400, 70, 60, 500, 540
_LARGEST: Final = 18.0
_SMALLEST: Final = 2.5
_PERCENTS: Final = (0, 20, 40, 60, 80, 100)


def calibration_svg(document: dict[str, Any]) -> str:
    """The document of `troth backtest` as an SVG: a forecast that is right on average lies on the diagonal."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img"',
            '  font-family="sans-serif" font-size="13" fill="#222">',
            f"<title>{_title(document)}</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
            f'<text x="{_LEFT}" y="26" font-size="16">Of what was given a chance, so much was on time</text>',
            f'<text x="{_LEFT}" y="46" fill="#555">{_title(document)}</text>',
            *_axes(),
            f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#888" stroke-dasharray="5 4"/>',
            *_discs([row for row in document["calibration"] if row["questions"]]),
            f'<text x="{_LEFT + _SIDE / 2:g}" y="{_TOP + _SIDE + 44}" text-anchor="middle">Chance given, in 100</text>',
            f'<text transform="translate(22 {_TOP + _SIDE / 2:g}) rotate(-90)" text-anchor="middle">On time, in 100</text>',
            f'<text x="{_LEFT}" y="{_TOP + _SIDE + 68}" fill="#555">Area: number of questions. On the dashed line they agree.</text>',
            "</svg>\n",
        ]
    )


def _title(document: dict[str, Any]) -> str:
    score = document["brier"]["forecast"]
    return counted(document["questions"], "question") + ("" if score is None else f", Brier score {score:.4f}")


def _axes() -> list[str]:
    lines = []
    for percent in _PERCENTS:
        x, y = _x(percent / 100), _y(percent / 100)
        lines += [
            f'<path d="M{x} {_y(0)}V{_y(1)}M{_x(0)} {y}H{_x(1)}" stroke="#ddd" fill="none"/>',
            f'<text x="{x}" y="{_TOP + _SIDE + 20}" text-anchor="middle">{percent}</text>',
            f'<text x="{_LEFT - 8}" y="{y}" dy="0.35em" text-anchor="end">{percent}</text>',
        ]
    return lines


def _discs(rows: list[dict[str, Any]]) -> list[str]:
    most = max((row["questions"] for row in rows), default=1)
    return [
        f'<circle cx="{_x(row["chance"])}" cy="{_y(row["on_time"])}" r="{max(_SMALLEST, _LARGEST * sqrt(row["questions"] / most)):.1f}" '
        f'fill="#1f5fa8" fill-opacity="0.75"><title>{_said(row)}</title></circle>'
        for row in rows
    ]


def _said(row: dict[str, Any]) -> str:
    asked = counted(row["questions"], "question")
    return f"{asked}: {100 * row['chance']:.1f} in 100 was the chance given, {100 * row['on_time']:.1f} were on time"


def _x(ratio: float) -> str:
    return f"{_LEFT + _SIDE * ratio:.1f}".removesuffix(".0")


def _y(ratio: float) -> str:
    return f"{_TOP + _SIDE * (1 - ratio):.1f}".removesuffix(".0")
