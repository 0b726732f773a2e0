"""Texts that try to load, link, run or draw something, as a model, a record or a user may bring them."""

from __future__ import annotations

# Whatever asks for one of these has been tricked: another host, or a route of our own that nobody asked for.
ELSEWHERE = "evil.example"
OURS = "/sign-out?tricked"

HOSTILE = [
    "![x](http://evil.example/a.png)",
    "![x](/sign-out?tricked=1)",
    "![x](sign-out?tricked=2 'title')",
    "![x][ref]\n\n[ref]: http://evil.example/a.png",
    "![x][own]\n\n[own]: /sign-out?tricked=3",
    "![x]\n\n[x]: //evil.example/a.png",
    "[click](javascript:alert(1))",
    "[click](http://evil.example)",
    "[click](/sign-out?tricked=4)",
    "[click]: <http://evil.example>",
    "<http://evil.example>",
    "http://evil.example/x",
    "https://evil.example/x",
    "www.evil.example",
    "WWW.evil.example",
    "write to someone@evil.example today",
    "mailto:someone@evil.example",
    "<img src=x onerror=alert(1)>",
    "<img src='/sign-out?tricked=5'>",
    "<svg onload=alert(1)><image href='http://evil.example/a.svg'/></svg>",
    "<iframe src='http://evil.example'></iframe>",
    "<a href='http://evil.example'>x</a>",
    "<script>alert(1)</script>",
    "<style>@import 'http://evil.example'</style>",
    "<link rel=stylesheet href=http://evil.example/a.css>",
    "<video poster='http://evil.example/a.png' src='/sign-out?tricked=6'>",
    "<form action='/sign-out?tricked=7'><button>x</button></form>",
    "&lt;img src=http://evil.example/x&gt;",
    "&#60;img src=http://evil.example/x&#62;",
    "$\\href{http://evil.example}{x}$",
    "$$\\includegraphics{http://evil.example/a.png}$$",
    ":red[text]",
    ":material/delete:",
    ":streamlit:",
    "`code` and ```fence```",
    "```mermaid\nflowchart LR\n A[x] --> B\n click A 'http://evil.example'\n```",
    "text[^1]\n\n[^1]: http://evil.example",
    "| a | b |\n|---|---|\n| ![x](http://evil.example/a.png) | 2 |",
    "![\u200bx\u202e](http://evil.example/a.png)",
    "[x\n](http://evil.example)",
    "![](data:image/svg+xml;base64,PHN2Zz4=)",
    "\\![x](http://evil.example)",
    "- [ ] ![x](/sign-out?tricked=8)\n- [x] http://evil.example",
    "> ![x](http://evil.example/q.png)\n> <img src='/sign-out?tricked=9'>",
]
