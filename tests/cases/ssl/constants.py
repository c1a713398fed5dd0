# Enumerations, helpers, and how errors show themselves.
import ssl

for member in (ssl.PROTOCOL_TLS_CLIENT, ssl.CERT_REQUIRED, ssl.OP_ALL, ssl.VERIFY_X509_STRICT, ssl.SSL_ERROR_EOF,
               ssl.TLSVersion.TLSv1_3, ssl.ALERT_DESCRIPTION_UNKNOWN_CA, ssl.Purpose.SERVER_AUTH):
    print(repr(member), str(member))
print([member.name for member in ssl.VerifyFlags], [member.name for member in ssl.TLSVersion])
print(ssl.CertificateError is ssl.SSLCertVerificationError, ssl.SSLCertVerificationError.__mro__[1:5])
print(ssl.OPENSSL_VERSION_INFO >= (3, 0, 0), ssl.OPENSSL_VERSION_NUMBER >= 0x30000000, ssl.HAS_SNI, ssl.HAS_ALPN, ssl.HAS_TLSv1_3)
for error in (ssl.SSLError('text'), ssl.SSLError(1, 'text'), ssl.SSLError(), ssl.SSLWantReadError(2, 'more')):
    print(repr(error), str(error), error.errno, error.strerror)
print(ssl._ASN1Object.fromname('clientAuth'), ssl._ASN1Object.fromnid(129).shortname)
for call in (
    lambda: ssl._ASN1Object.fromname('nothing'),
    lambda: ssl._ASN1Object.fromnid(-1),
    lambda: ssl.PEM_cert_to_DER_cert('text'),
    lambda: ssl.cert_time_to_seconds('Foo 1 00:00:00 2020 GMT'),
    lambda: ssl.RAND_bytes(-1),
    lambda: ssl.SSLObject(),
    lambda: ssl.SSLSocket(),
):
    try:
        call()
    except (ValueError, TypeError) as exc:
        print(type(exc).__name__, exc)
print(len(ssl.RAND_bytes(10)), ssl.RAND_status(), ssl.get_protocol_name(ssl.PROTOCOL_TLS_SERVER))
print(ssl.cert_time_to_seconds('May  9 00:00:00 2007 GMT'), ssl.cert_time_to_seconds('Feb 29 23:59:60 2017 GMT'))
print(ssl.DER_cert_to_PEM_cert(bytes(60)))
