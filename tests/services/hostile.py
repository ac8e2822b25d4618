"""Fifty texts nobody should be able to do harm with: markup, templates, statements, paths, signs that cannot be seen."""

HOSTILE = (
    "<script>alert(1)</script>", "\"><script>alert(1)</script>", "'><img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)>", "javascript:alert(1)", "</title><script>alert(1)</script>", "</textarea><b>x",
    "<a href='data:text/html,x'>x</a>", "<style>*{display:none}</style>", "&lt;script&gt;", "&#60;script&#62;", "<!--", "]]>",
    "{{7*7}}", "{{config.items()}}", "{% raw %}", "{%include '/etc/passwd'%}", "${7*7}", "#{7*7}", "<%= 7*7 %>",
    "{0.__class__}",
    "%s%s%n", "{at!r:>{width}}", "' OR 1=1 --", "'; DROP TABLE \"case\"; --", "1;SELECT pg_sleep(9)", "\\'; --", "UNION SELECT",
    "../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/shadow", "C:\\boot.ini", "file:///etc/passwd", "~/.ssh/id_rsa",
    "\u202egpj.exe", "\u200f\u200e\u2066x\u2069", "a\u0301\u0302\u0303", "\ufeffx", "\u200bx", "\u2028x", "\x1b[31mx", "a\tb",
    "x\r\nSet-Cookie: a=b", "=cmd|'/c calc'!A0", "@SUM(1+1)", "-2+3", "\U0001f9ff" * 20, "龘" * 40, "CON", "aux.pdf",
)
