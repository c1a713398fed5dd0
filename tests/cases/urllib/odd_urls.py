# Splitting, joining and quoting of odd URLs.
from urllib.parse import *
import urllib.parse as p
import random
r = random.Random(5)
alpha = list('ab/:?#@[]%.;=&+~ é1-') + ['http:', '//', '..', '%20', '%zz', 'ftp:', 'mailto:', '::1', 'user@', ':80']
def out(f, *a, **k):
    try: return repr(f(*a, **k))
    except Exception as e: return type(e).__name__ + ': ' + str(e)
for i in range(40):
    s = ''.join(r.choice(alpha) for _ in range(r.randrange(8)))
    t = ''.join(r.choice(alpha) for _ in range(r.randrange(8)))
    print(repr(s), out(urlsplit, s), out(urlparse, s), out(lambda: urlsplit(s).geturl()), out(urljoin, s, t), out(urldefrag, s), out(quote, s), out(unquote, s), out(quote_plus, s), out(parse_qsl, s), out(parse_qs, s, True, True), out(lambda: (urlsplit(s).hostname, urlsplit(s).port, urlsplit(s).username)))
    for n in ('_splittype','_splithost','_splituser','_splitpasswd','_splitport','_splitnport','_splitquery','_splittag','_splitattr','_splitvalue'):
        print(n, out(getattr(p,n), s))
    print(out(urlencode, {s: t, 'x': [1, s]}, True), out(urlsplit, s.encode('ascii','ignore')))
