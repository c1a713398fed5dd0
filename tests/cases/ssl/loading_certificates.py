# Files that are missing, broken, encrypted or do not fit.
import ssl
from _pair import CERTS, client_context, connect


def show(function, *arguments, **options):
    try:
        print(function(*arguments, **options))
    except Exception as exc:
        print(type(exc).__name__, exc, getattr(exc, 'library', ''), getattr(exc, 'reason', ''))


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
load = context.load_cert_chain
for name in ('missing.pem', 'garbage.pem', 'bad_base64.pem', 'truncated.pem', 'root.pem', 'server.pem'):
    show(load, CERTS + name)
show(load, CERTS + 'server.pem', CERTS + 'missing.pem')
show(load, CERTS + 'server.pem', CERTS + 'garbage.pem')
show(load, CERTS + 'server.pem', CERTS + 'client.pem')
show(load, CERTS + 'server.pem', CERTS + 'rsa.pem')
show(load, 3)
show(load, CERTS + 'server.pem', 3)
for name in ('encrypted.pem', 'encrypted_old.pem'):
    for password in ('secret', b'secret', bytearray(b'secret'), lambda: 'secret', lambda: b'secret', 'wrong', lambda: 3, 3, 'x' * 2000):
        show(load, CERTS + name, password=password)
show(load, CERTS + 'encrypted.pem', password=lambda: 1 / 0)
print(connect(client_context(), context)[1])

trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations
for name in ('missing.pem', 'garbage.pem', 'bad_base64.pem', 'truncated.pem', 'root.pem'):
    show(trust, CERTS + name)
text = open(CERTS + 'root.pem').read()
der = ssl.PEM_cert_to_DER_cert(text)
for data in ('', b'', 'text', b'bytes', '\xe9', object, text, text * 2, der, der * 2, der + b'rest', der[:50]):
    show(trust, cadata=data)
show(trust)
show(trust, None, 'no such folder')
