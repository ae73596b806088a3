"""The board: pages rendered on the server, with charts as SVG, one style sheet and no script.

`pages` has the routes; `views`, `promises` and `history` say in words what a document holds; `charts` and `timeline` compute
positions; `templates` put them on a page.
"""

from troth.gateway.board.pages import board_router

__all__ = ["board_router"]
