"""Bar charts as SVG, readable on a light and on a dark page."""

from html import escape

WIDTH, LABEL, VALUE = 720, 190, 80
LINE, BAR = 26, 16
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 }
.bar { fill: #8c959f }
.ours { fill: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #d0d7de }
  .bar { fill: #6e7681 }
  .ours { fill: #4493f8 }
}
"""


def bars(title, rows, text):
    """A horizontal bar for each (label, value); `text` formats a value."""
    most = max(value for _, value in rows)
    space = WIDTH - LABEL - VALUE
    height = 40 + LINE * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="0" y="18">{escape(title)}</text>',
    ]
    for number, (label, value) in enumerate(rows):
        top = 34 + LINE * number
        width = max(1.0, space * value / most)
        kind = "bar ours" if label.startswith("ours") else "bar"
        middle = top + BAR - 3
        parts += [
            f'<text x="{LABEL - 8}" y="{middle}" text-anchor="end">{escape(label)}</text>',
            f'<rect class="{kind}" x="{LABEL}" y="{top}" width="{width:.1f}" height="{BAR}" rx="2"/>',
            f'<text x="{LABEL + width + 6:.1f}" y="{middle}">{escape(text(value))}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
