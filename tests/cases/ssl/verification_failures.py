# Certificates that are not to be trusted, each with OpenSSL's number and words for it.
import ssl
from _pair import CERTS, client_context, connect, server_context, wrap


def show(name, client, cert='server.pem', host='localhost'):
    a, b, *_ = wrap(client, server_context(cert), host)
    for end in (a, b, a):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLCertVerificationError as exc:
            print(name, '|', exc, exc.verify_code, exc.verify_message, exc.library, exc.reason, exc.args[0])
    try:
        b.do_handshake()
        print(name, '| accepted')
    except ssl.SSLError as exc:
        print('    server:', exc)


for cert in ('expired', 'future', 'self_signed', 'leaf', 'leaf_and_middle', 'named', 'client', 'rsa'):
    show(cert, client_context(), cert + '.pem')
show('no roots', client_context(None))
show('another root', client_context('other_root.pem'))
show('trusted itself', client_context('self_signed.pem'), 'self_signed.pem')
for host in ('example.org', 'www.example.com', 'WWW.Example.COM', 'a.b.example.com', 'example.com', '127.0.0.1', '::1', '127.0.0.2'):
    show(host, client_context(), host=host)
context = client_context()
context.hostname_checks_common_name = False
show('common name alone', context, 'named.pem')

# Part of a chain is enough, and the rules are strict, with the default settings.
default = ssl.create_default_context(cafile=CERTS + 'server.pem')
show('only itself', default)
show('only itself', client_context('server.pem'))

revoking = client_context()
revoking.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
show('no list', revoking)
revoking.load_verify_locations(CERTS + 'list.crl')
show('not in the list', revoking)
show('in the list', revoking, 'revoked.pem')
print(revoking.cert_store_stats())
