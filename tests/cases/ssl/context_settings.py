# What contexts can be set to, and what they refuse.
import ssl
import warnings

warnings.simplefilter('ignore')


def show(function):
    try:
        print(function())
    except (ValueError, TypeError, OverflowError, ssl.SSLError, AttributeError) as exc:
        print(type(exc).__name__, exc)


def change(context, **values):
    for name, value in values.items():
        setattr(context, name, value)
    return [getattr(context, name) for name in values]


client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
for context in (client, server, ssl.create_default_context(), ssl._create_unverified_context()):
    print(context.protocol, context.verify_mode, context.check_hostname, context.verify_flags, context.options)
show(lambda: change(client, verify_mode=0))
show(lambda: change(client, verify_mode=7))
show(lambda: change(client, check_hostname=False, verify_mode=ssl.CERT_NONE))
show(lambda: (change(client, check_hostname=True), client.verify_mode))
show(lambda: change(client, minimum_version=ssl.TLSVersion.TLSv1_2, maximum_version=ssl.TLSVersion.MAXIMUM_SUPPORTED))
show(lambda: change(client, minimum_version=5))
show(lambda: change(client, options=client.options | ssl.OP_NO_TLSv1_2))
show(lambda: change(client, options=-1))
show(lambda: change(client, options=1 << 70))
show(lambda: change(client, num_tickets=1))
show(lambda: change(server, num_tickets=-1))
show(lambda: change(server, num_tickets=4))
show(lambda: client.set_alpn_protocols(['']))
show(lambda: client.set_ciphers('nothing'))
show(lambda: [(c['name'], c['strength_bits']) for c in client.get_ciphers()])
show(lambda: client.set_ciphers('ECDHE+CHACHA20:ECDHE-RSA-AES128-GCM-SHA256:!ECDSA'))
show(lambda: [c['description'] for c in client.get_ciphers()])
show(lambda: server.set_ecdh_curve('nothing'))
show(lambda: ssl.SSLContext(99))
for options in ({}, {'server_hostname': ''}, {'server_side': True}):
    show(lambda: client.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), **options))
show(lambda: server.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_side=True, server_hostname='a'))
show(lambda: ssl.create_default_context(3))
show(lambda: client.load_default_certs('SERVER_AUTH'))
show(lambda: delattr(client, 'sni_callback'))
show(lambda: client.session_stats())
