# What is told of the peer's certificate.
import ssl
import _ssl
from _pair import CERTS, client_context, connect, server_context

(a, b, *_), _ = connect(client_context(), server_context())
cert = a.getpeercert()
for key in sorted(cert):
    if key != 'serialNumber':
        print(key, cert[key])
der = a.getpeercert(True)
pem = ssl.DER_cert_to_PEM_cert(der)
print(pem in open(CERTS + 'server.pem').read(), ssl.PEM_cert_to_DER_cert(pem) == der)
chain = a._sslobj.get_verified_chain()
print([c.get_info()['subject'][-1] for c in chain], chain, chain[0].public_bytes(_ssl.ENCODING_DER) == der)
print(chain[0].public_bytes() == pem, chain[0] == chain[1], chain[0] == a._sslobj.get_unverified_chain()[0])
print(ssl.cert_time_to_seconds(cert['notBefore']), ssl.cert_time_to_seconds(cert['notAfter']))

unchecked = client_context(None)
unchecked.check_hostname = False
unchecked.verify_mode = ssl.CERT_NONE
(a, b, *_), results = connect(unchecked, server_context('self_signed.pem'), None)
print(results, a.getpeercert(), len(a.getpeercert(True)) > 300)
context = client_context()
print(context.cert_store_stats(), [c['subject'] for c in context.get_ca_certs()], len(context.get_ca_certs(True)))
