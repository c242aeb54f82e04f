"""SVG as a page can hold it: no styles of its own, no id that another picture has, its content told in words."""

import html
import re

_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_STYLE = re.compile(r' style="([^"]*)"')
_ID = re.compile(r' id="([^"]*)"')
_REFERENCE = re.compile(r'(?<=xlink:href="#)[^"]+|(?<=url\(#)[^)]+')
_NOT_DRAWN = re.compile(
    r" *<metadata>.*?</metadata>\n?| *<defs>\s*<style.*?</style>\s*</defs>\n?|<title>.*?</title>\n?", re.DOTALL
)


def plain_svg(svg: str, name: str, *, alt: str, content: str = "", classes: str = "") -> str:
    """Return the SVG element of a picture that matplotlib wrote, as a page with a strict policy can hold it.

    Its look stands in attributes, for a policy that forbids inline styles forbids them here, too, and matplotlib's own
    style sheet would be one of the whole page. An id is kept only where something refers to it.

    Parameters
    ----------
    svg
        A document as matplotlib writes it.
    name
        Comes before every id, and is that of no other picture on the page.
    alt, content
        What the picture is, and what can be read from it; plain text.
    classes
        Of the element, if any.
    """
    drawn = _NOT_DRAWN.sub("", svg[svg.index("<svg") :])
    used = {found for tag in _TAG.findall(drawn) for found in _REFERENCE.findall(tag)}
    drawn = _TAG.sub(lambda tag: _plain_tag(tag[0], name, used), drawn)
    given = f' class="{classes}"' if classes else ""
    opened = f'<svg role="img"{given} stroke-linejoin="round" stroke-linecap="butt" '
    told = f"<title>{html.escape(alt)}</title>" + (f"\n <desc>{html.escape(content)}</desc>" if content else "")
    head, rest = drawn.split(">", 1)
    return f"{head.replace('<svg ', opened, 1)}>\n {told}{rest}"


def _plain_tag(tag: str, name: str, used: set[str]) -> str:
    """Return a tag with attributes in place of a style, and ids that are the picture's own."""
    tag = _STYLE.sub(lambda style: _attributes(html.unescape(style[1])), tag)
    tag = _ID.sub(lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", tag)
    return _REFERENCE.sub(lambda found: f"{name}-{found[0]}", tag)


def _attributes(style: str) -> str:
    """Return declarations as attributes; of two of one property the last holds."""
    declared = dict(part.split(":", 1) for part in style.split(";") if part.strip())
    return "".join(f' {prop.strip()}="{_quoted(value.strip())}"' for prop, value in declared.items())


def _quoted(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
