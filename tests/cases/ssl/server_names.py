# A callback chooses by the name that the client asks for, and may refuse.
import ssl
import sys
from _pair import attempt, client_context, connect, server_context

sys.unraisablehook = lambda unraisable: print('unraisable', unraisable.exc_type.__name__, unraisable.err_msg[:38])
other = server_context('rsa.pem')


def choose(sslobj, name, context):
    print(type(sslobj).__name__, name, context is server, sslobj.context is context)
    sslobj.context = other


server = server_context()
server.sni_callback = choose
client = client_context()
(a, b, *_), results = connect(client, server)
print(results, b.context is other, len(a.getpeercert(True)) > 500, a.cipher()[1])

for answer in (ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME, ssl.ALERT_DESCRIPTION_INTERNAL_ERROR, 'text', ZeroDivisionError):
    def refuse(*arguments):
        if answer is ZeroDivisionError:
            raise answer
        return answer
    server.sni_callback = refuse
    print(connect(client, server)[1])

server.set_servername_callback(lambda sslobj, name, context: print('name', name))
client.check_hostname = False
for host in (None, '127.0.0.1', 'www.example.com'):
    print(connect(client, server, host)[1])
server.sni_callback = None
print(server.sni_callback)
for context, value in ((client, choose), (server, 3)):
    try:
        context.sni_callback = value
    except (ValueError, TypeError) as exc:
        print(exc)
