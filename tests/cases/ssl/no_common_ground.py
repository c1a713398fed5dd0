# Ends that agree on no version, no cipher, no certificate.
import ssl
from _pair import client_context, connect, server_context

V = ssl.TLSVersion


def show(change):
    client, server = client_context(), server_context()
    change(client, server)
    ends, results = connect(client, server)
    print(*results, sep='\n')
    return ends


show(lambda c, s: (setattr(c, 'maximum_version', V.TLSv1_2), setattr(s, 'minimum_version', V.TLSv1_3)))
show(lambda c, s: (setattr(s, 'maximum_version', V.TLSv1_2), setattr(c, 'minimum_version', V.TLSv1_3)))
show(lambda c, s: (setattr(c, 'maximum_version', V.TLSv1_2), c.set_ciphers('ECDHE-RSA-AES128-GCM-SHA256')))
show(lambda c, s: (setattr(c, 'maximum_version', V.TLSv1_2), c.set_ciphers('AES128'), s.set_ciphers('AES256')))
bare = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
print(*connect(client_context(), bare)[1], sep='\n')
# Where no protocol is common, the connection does without.
(a, b, *_) = show(lambda c, s: (c.set_alpn_protocols(['a']), s.set_alpn_protocols(['b'])))
print(a.selected_alpn_protocol(), b.selected_alpn_protocol())
