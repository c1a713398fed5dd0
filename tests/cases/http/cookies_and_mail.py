import email, html, mimetypes
from email.utils import formatdate, getaddresses, parsedate_to_datetime
from http import HTTPMethod, HTTPStatus
from http.cookies import CookieError, SimpleCookie

cookie = SimpleCookie('a=b; c="x y"; expires=Wed, 01 Jan 2020 00:00:00 GMT')
cookie["d"] = "x;y"
cookie["d"]["max-age"] = 5
cookie["d"]["httponly"] = True
print(cookie)
for change in [lambda: cookie.__setitem__("path", 1), lambda: cookie.__setitem__("q", "a\nb")]:
    try:
        change()
    except CookieError as exc:
        print(exc)
message = email.message_from_string("Subject: hi\n there\nContent-Type: text/html; charset=Latin-1\n\nbody")
print(message.items(), message.get_content_charset(), message.get_payload())
print(formatdate(0, usegmt=True), parsedate_to_datetime("Sun, 06 Nov 1994 08:49:37 +0100"))
print(getaddresses(['"X, Y" <x@y>, z@w (note)']))
print(html.escape("<a href='x'>&"), html.unescape("&lt;&eacute;&#x80;&notit;&bogus;"))
print(mimetypes.guess_type("a.tar.gz"), mimetypes.guess_extension("text/html"))
print(repr(HTTPStatus.NOT_FOUND), HTTPStatus(404).phrase, HTTPMethod.GET, HTTPStatus(503).is_server_error)
