# Servers that ask for a certificate, and clients with and without.
import ssl
from _pair import CERTS, attempt, client_context, connect, server_context

for mode in (ssl.CERT_NONE, ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED):
    for cert in (None, 'client.pem', 'expired.pem', 'self_signed.pem'):
        client, server = client_context(), server_context()
        server.verify_mode = mode
        server.load_verify_locations(CERTS + 'root.pem')
        if cert:
            client.load_cert_chain(CERTS + cert)
        (a, b, *_), (_, result) = connect(client, server)
        print(mode.name, cert, '|', result)
        if result is None:
            found = b.getpeercert()
            print('   ', found and found['subject'], b.getpeercert(True) is not None, b.write(b'ok'), a.read(2))
        else:
            # In TLS 1.3 the client hears of it with the first data.
            print('   ', attempt(a.read, 2))
