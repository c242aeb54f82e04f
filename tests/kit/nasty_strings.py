"""Nasty strings: what a name, a label or an id may hold that some reader of it would obey, or stumble over."""

FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "  =1+1", "\t=1+1", "\r=1+1", "\n=1+1", "\r\n=1+1", "\u3000=1+1", "\xa0=1+1",
    "\ufeff=1+1", "\u200b=1+1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)", "=cmd|' /C calc'!A0", '"=1+1"',
    "\x00=1+1", "\x1b=1+1",
)  # fmt: skip
CONTROLS = (
    "\x1b[31mred", "\x1b]0;title\x07", "\x9b2J", "a\rb", "bell\x07", "\x00", "a\x00b", "back\x08\x08", "\x7f",
    "\u202egnp.exe", "a\u2066b", "\u2067a", "line\u2028line", "tab\tbed", "a\nb", "a\r\nb", "\x0b", "\x85",
)  # fmt: skip
PICTURES = (
    "<$10k", "$10k_$50k", ">$50k", "$\\frac{1}{0}$", "\\", "{}", "$", "$$", "_hidden", "_", "_nolegend_", "_child0",
    "\\$5", "^_", "%", "x" * 300, "\u2014" * 90, "\U0001f469\u200d\U0001f4bb", "株式会社", "\u05e9\u05dc\u05d5\u05dd 5",
    "\u0634\u0631\u0643\u0629", "e\u0301" * 40, "\u200b", " ", "nan", "None",
)  # fmt: skip
PAGES = (
    "<script>alert(1)</script>", "</title><b>", "a\"b", "a'b", "a&b", "&lt;", "{{ 7*7 }}", "{% x %}", "<!--", "]]>",
    "javascript:alert(1)", "' onclick='x", "a/b", "../../x", "a%20b", "#", "?", ";", ",", "; drop table accounts; --",
)  # fmt: skip
NASTY = (*FORMULAS, *CONTROLS, *PICTURES, *PAGES)
