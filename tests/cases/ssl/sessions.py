# A client goes on with the session of an earlier connection.
import ssl
from _pair import attempt, client_context, connect, server_context

for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
    client, server = client_context(), server_context()
    client.maximum_version = version
    (a, b, *_), _ = connect(client, server)
    # In TLS 1.3 tickets come with the first data.
    b.write(b'x')
    a.read(1)
    session = a.session
    print(session.has_ticket, len(session.id), session.timeout, session.time > 1_500_000_000, session == a.session)
    (c, d, *_), results = connect(client, server, session=session)
    print(results, a.session_reused, c.session_reused, d.session_reused, c.getpeercert()['subject'], c.version())
    d.write(b'again')
    print(c.read(5), client.session_stats()['connect_good'], server.session_stats()['accept_good'], server.session_stats()['hits'])
    (e, f, *_), _ = connect(client, server)
    print(e.session_reused, e.session == session)
    print(attempt(setattr, e, 'session', session))
    print(attempt(lambda: connect(client_context(), server, session=session)))
    try:
        e.session = 3
    except TypeError as exc:
        print(exc)
