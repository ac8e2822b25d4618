"""Where somebody begins: the first entry of his menu."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from services.web.frame import menu

pages = Blueprint("home", __name__)


@pages.get("/")
def index() -> Response | str:
    """To the first page this visitor works in; who has none yet is told who grants him one."""
    entries = [entry for entry in menu() if entry.address != url_for("help.index")]
    return redirect(entries[0].address, 303) if entries else render_template("nothing_to_do.html")
