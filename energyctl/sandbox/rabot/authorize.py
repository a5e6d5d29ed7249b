"""``/connect/authorize``.

The page on which a customer logs in and gives or refuses consent (contract 4.7).
"""

from __future__ import annotations

from html import escape

from aiohttp import web

from energyctl.sandbox.rabot.book import Book
from energyctl.sandbox.rabot.links import LinkRequest, Links

_STYLE = (
    "body{font-family:sans-serif;max-width:32em;margin:3em auto;padding:0 1em;line-height:1.5}"
    "label,input{display:block;width:100%;box-sizing:border-box}input{padding:.5em;margin-bottom:1em}"
    "button{padding:.6em 1.4em;margin-right:.6em}.problem{color:#a00}"
)


def _page(title: str, content: str, *, status: int = 200) -> web.Response:
    html = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{content}</body></html>\n"
    )
    return web.Response(text=html, content_type="text/html", status=status)


class AuthorizePage:
    """Shows the page and acts on its buttons."""

    def __init__(self, book: Book, links: Links) -> None:
        self._book = book
        self._links = links

    async def show(self, request: web.Request) -> web.Response:
        """Answer GET: the login and consent form."""
        link = self._link(request)
        return _gone() if link is None else self._form(link, email=None, problem=None)

    async def decide(self, request: web.Request) -> web.Response:
        """Answer POST: ``action`` approve or decline, with ``emailAddress`` and ``password``.

        A wrong password shows the form again and leads nowhere.
        """
        link = self._link(request)
        if link is None:
            return _gone()
        form = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        action = form.get("action")
        if action == "decline":
            return _onward(self._links.decline(link), "Refused", "No link was made.")
        email = form.get("emailAddress", "")
        if action != "approve":
            return self._form(link, email=email, problem="Choose Approve or Decline.")
        customer = self._book.by_email(email)
        if customer is None or form.get("password") != self._links.password:
            return self._form(link, email=email, problem="The e-mail address or the password is wrong.")
        onward = self._links.approve(link, customer.number)
        return _onward(
            onward, "Linked", f"Customer {customer.number} is linked with {link.client.client_id}."
        )

    def _link(self, request: web.Request) -> LinkRequest | None:
        return self._links.find(request.query.get("client_id", ""), request.query.get("state", ""))

    def _form(self, link: LinkRequest, *, email: str | None, problem: str | None) -> web.Response:
        if email is None:
            candidate = self._book.first_unlinked(link.client)
            email = candidate.email if candidate is not None else ""
        told = f'<p class="problem">{escape(problem)}</p>' if problem else ""
        sign_up = ""
        if link.sign_up_url is not None:
            sign_up = f'<p><a href="{escape(link.sign_up_url)}">No customer yet? Sign up</a></p>'
        content = (
            f"<p>{escape(link.client.client_id)} asks to see your contracts, consumption and documents.</p>"
            f'{told}<form method="post"><label>E-mail address'
            f'<input name="emailAddress" type="email" value="{escape(email)}"></label>'
            '<label>Password<input name="password" type="password"></label>'
            f"<p>The password is <code>{escape(self._links.password)}</code> for every customer here.</p>"
            '<button name="action" value="approve">Approve</button>'
            f'<button name="action" value="decline">Decline</button></form>{sign_up}'
        )
        return _page("Link your energy account", content)


def _gone() -> web.Response:
    text = "<p>The link is unknown, was used already, or is older than 10 minutes.</p>"
    return _page("This link is no longer valid", text, status=400)


def _onward(url: str | None, title: str, text: str) -> web.Response:
    if url is None:
        return _page(title, f"<p>{escape(text)} You can close this page.</p>")
    return web.Response(status=302, headers={"Location": url})
