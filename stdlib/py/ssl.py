"""TLS for sockets and for streams in memory: contexts, wrapped sockets, certificates.

The connections are native (`_ssl`, over rustls); here are the enumerations, `SSLContext`, `SSLObject` and `SSLSocket` around them.
"""

import errno
import os
import socket as _socket
import sys
import warnings
from binascii import a2b_base64 as _a2b_base64, b2a_base64 as _b2a_base64
from collections import namedtuple
from enum import Enum as _Enum, IntEnum as _IntEnum, IntFlag as _IntFlag, _simple_enum
from socket import AF_INET, SOCK_STREAM, SO_TYPE, SOL_SOCKET, create_connection, socket

import _ssl
from _ssl import (
    HAS_ALPN,
    HAS_ECDH,
    HAS_NPN,
    HAS_PHA,
    HAS_PSK,
    HAS_SNI,
    HAS_SSLv2,
    HAS_SSLv3,
    HAS_TLSv1,
    HAS_TLSv1_1,
    HAS_TLSv1_2,
    HAS_TLSv1_3,
    OPENSSL_VERSION,
    OPENSSL_VERSION_INFO,
    OPENSSL_VERSION_NUMBER,
    MemoryBIO,
    RAND_add,
    RAND_bytes,
    RAND_status,
    SSLCertVerificationError,
    SSLEOFError,
    SSLError,
    SSLSession,
    SSLSyscallError,
    SSLWantReadError,
    SSLWantWriteError,
    SSLZeroReturnError,
    _DEFAULT_CIPHERS,
    _OPENSSL_API_VERSION,
    _SSLContext,
    nid2obj as _nid2obj,
    txt2obj as _txt2obj,
)

socket_error = OSError
CertificateError = SSLCertVerificationError
HAS_NEVER_CHECK_COMMON_NAME = True
CHANNEL_BINDING_TYPES = ["tls-unique"] if _ssl.HAS_TLS_UNIQUE else []
_RESTRICTED_SERVER_CIPHERS = _DEFAULT_CIPHERS
_GLOBAL_DEFAULT_TIMEOUT = _socket._GLOBAL_DEFAULT_TIMEOUT


_SSLMethod = _IntEnum._convert_(
    "_SSLMethod", __name__, lambda name: name.startswith("PROTOCOL_") and name != "PROTOCOL_SSLv23", source=_ssl
)
Options = _IntFlag._convert_("Options", __name__, lambda name: name.startswith("OP_"), source=_ssl)
AlertDescription = _IntEnum._convert_(
    "AlertDescription", __name__, lambda name: name.startswith("ALERT_DESCRIPTION_"), source=_ssl
)
SSLErrorNumber = _IntEnum._convert_(
    "SSLErrorNumber", __name__, lambda name: name.startswith("SSL_ERROR_"), source=_ssl
)
VerifyFlags = _IntFlag._convert_("VerifyFlags", __name__, lambda name: name.startswith("VERIFY_"), source=_ssl)
VerifyMode = _IntEnum._convert_("VerifyMode", __name__, lambda name: name.startswith("CERT_"), source=_ssl)

PROTOCOL_SSLv23 = _SSLMethod.PROTOCOL_SSLv23 = _SSLMethod.PROTOCOL_TLS
_PROTOCOL_NAMES = {value: name for name, value in _SSLMethod.__members__.items()}


@_simple_enum(_IntEnum)
class TLSVersion:
    MINIMUM_SUPPORTED = _ssl.PROTO_MINIMUM_SUPPORTED
    SSLv3 = _ssl.PROTO_SSLv3
    TLSv1 = _ssl.PROTO_TLSv1
    TLSv1_1 = _ssl.PROTO_TLSv1_1
    TLSv1_2 = _ssl.PROTO_TLSv1_2
    TLSv1_3 = _ssl.PROTO_TLSv1_3
    MAXIMUM_SUPPORTED = _ssl.PROTO_MAXIMUM_SUPPORTED


@_simple_enum(_IntEnum)
class _TLSContentType:
    """Types of records (RFC 8446, B.1), and two that only OpenSSL has."""

    CHANGE_CIPHER_SPEC = 20
    ALERT = 21
    HANDSHAKE = 22
    APPLICATION_DATA = 23
    HEADER = 0x100
    INNER_CONTENT_TYPE = 0x101


@_simple_enum(_IntEnum)
class _TLSAlertType:
    """Alerts (RFC 8446, B.2)."""

    CLOSE_NOTIFY = 0
    UNEXPECTED_MESSAGE = 10
    BAD_RECORD_MAC = 20
    DECRYPTION_FAILED = 21
    RECORD_OVERFLOW = 22
    DECOMPRESSION_FAILURE = 30
    HANDSHAKE_FAILURE = 40
    NO_CERTIFICATE = 41
    BAD_CERTIFICATE = 42
    UNSUPPORTED_CERTIFICATE = 43
    CERTIFICATE_REVOKED = 44
    CERTIFICATE_EXPIRED = 45
    CERTIFICATE_UNKNOWN = 46
    ILLEGAL_PARAMETER = 47
    UNKNOWN_CA = 48
    ACCESS_DENIED = 49
    DECODE_ERROR = 50
    DECRYPT_ERROR = 51
    EXPORT_RESTRICTION = 60
    PROTOCOL_VERSION = 70
    INSUFFICIENT_SECURITY = 71
    INTERNAL_ERROR = 80
    INAPPROPRIATE_FALLBACK = 86
    USER_CANCELED = 90
    NO_RENEGOTIATION = 100
    MISSING_EXTENSION = 109
    UNSUPPORTED_EXTENSION = 110
    CERTIFICATE_UNOBTAINABLE = 111
    UNRECOGNIZED_NAME = 112
    BAD_CERTIFICATE_STATUS_RESPONSE = 113
    BAD_CERTIFICATE_HASH_VALUE = 114
    UNKNOWN_PSK_IDENTITY = 115
    CERTIFICATE_REQUIRED = 116
    NO_APPLICATION_PROTOCOL = 120


@_simple_enum(_IntEnum)
class _TLSMessageType:
    """Messages of the handshake (RFC 8446, B.3)."""

    HELLO_REQUEST = 0
    CLIENT_HELLO = 1
    SERVER_HELLO = 2
    HELLO_VERIFY_REQUEST = 3
    NEWSESSION_TICKET = 4
    END_OF_EARLY_DATA = 5
    HELLO_RETRY_REQUEST = 6
    ENCRYPTED_EXTENSIONS = 8
    CERTIFICATE = 11
    SERVER_KEY_EXCHANGE = 12
    CERTIFICATE_REQUEST = 13
    SERVER_DONE = 14
    CERTIFICATE_VERIFY = 15
    CLIENT_KEY_EXCHANGE = 16
    FINISHED = 20
    CERTIFICATE_URL = 21
    CERTIFICATE_STATUS = 22
    SUPPLEMENTAL_DATA = 23
    KEY_UPDATE = 24
    NEXT_PROTO = 67
    MESSAGE_HASH = 254
    CHANGE_CIPHER_SPEC = 0x0101


def _inet_paton(ipname):
    """The bytes of an IPv4 or IPv6 address, with nothing but the address in the text."""
    for family in (_socket.AF_INET, _socket.AF_INET6):
        try:
            packed = _socket.inet_pton(family, ipname)
        except OSError:
            continue
        return packed
    raise ValueError(f"{ipname!r} is neither an IPv4 nor an IP6 address.")


DefaultVerifyPaths = namedtuple(
    "DefaultVerifyPaths", "cafile capath openssl_cafile_env openssl_cafile openssl_capath_env openssl_capath"
)


def get_default_verify_paths():
    """Where certificates of authorities are looked for: the file and the folder, or None for what is missing, and what names them."""
    file_variable, default_file, folder_variable, default_folder = _ssl.get_default_verify_paths()
    cafile = os.environ.get(file_variable, default_file)
    capath = os.environ.get(folder_variable, default_folder)
    return DefaultVerifyPaths(
        cafile if os.path.isfile(cafile) else None,
        capath if os.path.isdir(capath) else None,
        file_variable,
        default_file,
        folder_variable,
        default_folder,
    )


class _ASN1Object(namedtuple("_ASN1Object", "nid shortname longname oid")):
    """An object identifier of ASN.1 with its number and its names."""

    __slots__ = ()

    def __new__(cls, oid):
        return super().__new__(cls, *_txt2obj(oid, name=False))

    @classmethod
    def fromnid(cls, nid):
        """The object with a number of OpenSSL's."""
        return super().__new__(cls, *_nid2obj(nid))

    @classmethod
    def fromname(cls, name):
        """The object with a name, short or long, or with an identifier in dots."""
        return super().__new__(cls, *_txt2obj(name, name=True))


class Purpose(_ASN1Object, _Enum):
    """What a certificate is to be good for: whom a context is there to check."""

    SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
    CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"


def _enumerated(name, enumeration, is_settable=True):
    """An attribute of the native context whose number is shown as a member, if there is one."""
    native = getattr(_SSLContext, name)

    def get(context):
        number = native.__get__(context)
        try:
            return enumeration(number)
        except ValueError:
            return number

    return property(get, native.__set__ if is_settable else None)


class SSLContext(_SSLContext):
    """What connections have in common: versions, certificates, keys, how peers are checked."""

    # Set behind the classes, which stand below.
    sslsocket_class = None
    sslobject_class = None

    def __new__(cls, protocol=None, *args, **kwargs):
        if protocol is None:
            warnings.warn(
                "ssl.SSLContext() without protocol argument is deprecated.",
                category=DeprecationWarning,
                stacklevel=2,
            )
            protocol = PROTOCOL_TLS
        return _SSLContext.__new__(cls, protocol)

    def _encode_hostname(self, hostname):
        if hostname is None:
            return None
        if isinstance(hostname, str):
            return hostname.encode("idna").decode("ascii")
        return hostname.decode("ascii")

    def wrap_socket(
        self,
        sock,
        server_side=False,
        do_handshake_on_connect=True,
        suppress_ragged_eofs=True,
        server_hostname=None,
        session=None,
    ):
        return self.sslsocket_class._create(
            sock=sock,
            server_side=server_side,
            do_handshake_on_connect=do_handshake_on_connect,
            suppress_ragged_eofs=suppress_ragged_eofs,
            server_hostname=server_hostname,
            context=self,
            session=session,
        )

    def wrap_bio(self, incoming, outgoing, server_side=False, server_hostname=None, session=None):
        return self.sslobject_class._create(
            incoming,
            outgoing,
            server_side=server_side,
            server_hostname=self._encode_hostname(server_hostname),
            session=session,
            context=self,
        )

    def set_npn_protocols(self, npn_protocols):
        warnings.warn("ssl NPN is deprecated, use ALPN instead", DeprecationWarning, stacklevel=2)
        self._set_npn_protocols(_protocol_list(npn_protocols, "NPN"))

    def set_servername_callback(self, server_name_callback):
        if server_name_callback is None:
            self.sni_callback = None
            return
        if not callable(server_name_callback):
            raise TypeError("not a callable object")

        def with_text(sslobj, servername, sslctx):
            return server_name_callback(sslobj, self._encode_hostname(servername), sslctx)

        self.sni_callback = with_text

    def set_alpn_protocols(self, alpn_protocols):
        self._set_alpn_protocols(_protocol_list(alpn_protocols, "ALPN"))

    def load_default_certs(self, purpose=Purpose.SERVER_AUTH):
        if not isinstance(purpose, _ASN1Object):
            raise TypeError(purpose)
        self.set_default_verify_paths()

    minimum_version = _enumerated("minimum_version", TLSVersion)

    @minimum_version.setter
    def minimum_version(self, value):
        if value == TLSVersion.SSLv3:
            self.options &= ~Options.OP_NO_SSLv3
        _SSLContext.minimum_version.__set__(self, value)

    maximum_version = _enumerated("maximum_version", TLSVersion)

    options = _enumerated("options", Options)

    @property
    def hostname_checks_common_name(self):
        return self._host_flags & _ssl.HOSTFLAG_NEVER_CHECK_SUBJECT != _ssl.HOSTFLAG_NEVER_CHECK_SUBJECT

    @hostname_checks_common_name.setter
    def hostname_checks_common_name(self, value):
        if value:
            self._host_flags &= ~_ssl.HOSTFLAG_NEVER_CHECK_SUBJECT
        else:
            self._host_flags |= _ssl.HOSTFLAG_NEVER_CHECK_SUBJECT

    @property
    def _msg_callback(self):
        return super()._msg_callback

    @_msg_callback.setter
    def _msg_callback(self, callback):
        if callback is not None and not callable(callback):
            raise TypeError(f"{callback} is not callable.")
        _SSLContext._msg_callback.__set__(self, callback)

    protocol = _enumerated("protocol", _SSLMethod, is_settable=False)

    verify_flags = _enumerated("verify_flags", VerifyFlags)

    verify_mode = _enumerated("verify_mode", VerifyMode)


def _protocol_list(protocols, kind):
    """Names of protocols as TLS has them: each behind its length."""
    encoded = bytearray()
    for protocol in protocols:
        name = bytes(protocol, "ascii")
        if not 0 < len(name) < 256:
            raise SSLError(f"{kind} protocols must be 1 to 255 in length")
        encoded.append(len(name))
        encoded.extend(name)
    return encoded


def create_default_context(purpose=Purpose.SERVER_AUTH, *, cafile=None, capath=None, cadata=None):
    """A context that checks peers as one should today. What that is changes with the times.

    It is for clients with Purpose.SERVER_AUTH, which checks servers, and for servers with Purpose.CLIENT_AUTH.
    """
    if not isinstance(purpose, _ASN1Object):
        raise TypeError(purpose)
    if purpose == Purpose.SERVER_AUTH:
        context = SSLContext(PROTOCOL_TLS_CLIENT)
        context.verify_mode = CERT_REQUIRED
        context.check_hostname = True
    elif purpose == Purpose.CLIENT_AUTH:
        context = SSLContext(PROTOCOL_TLS_SERVER)
    else:
        raise ValueError(purpose)
    context.verify_flags |= VERIFY_X509_PARTIAL_CHAIN | VERIFY_X509_STRICT
    _finish_context(context, purpose, cafile, capath, cadata)
    return context


def _finish_context(context, purpose, cafile, capath, cadata):
    """Loads the certificates of authorities, where any are needed, and honours SSLKEYLOGFILE, as browsers do."""
    if cafile or capath or cadata:
        context.load_verify_locations(cafile, capath, cadata)
    elif context.verify_mode != CERT_NONE:
        context.load_default_certs(purpose)
    file = os.environ.get("SSLKEYLOGFILE")
    if file and not sys.flags.ignore_environment:
        context.keylog_filename = file


def _create_unverified_context(
    protocol=None,
    *,
    cert_reqs=CERT_NONE,
    check_hostname=False,
    purpose=Purpose.SERVER_AUTH,
    certfile=None,
    keyfile=None,
    cafile=None,
    capath=None,
    cadata=None,
):
    """A context that checks nothing unless told to, for modules whose callers never asked for checks."""
    if not isinstance(purpose, _ASN1Object):
        raise TypeError(purpose)
    if purpose == Purpose.SERVER_AUTH:
        if protocol is None:
            protocol = PROTOCOL_TLS_CLIENT
    elif purpose == Purpose.CLIENT_AUTH:
        if protocol is None:
            protocol = PROTOCOL_TLS_SERVER
    else:
        raise ValueError(purpose)
    context = SSLContext(protocol)
    context.check_hostname = check_hostname
    if cert_reqs is not None:
        context.verify_mode = cert_reqs
    if keyfile and not certfile:
        raise ValueError("certfile must be specified")
    if certfile or keyfile:
        context.load_cert_chain(certfile, keyfile)
    _finish_context(context, purpose, cafile, capath, cadata)
    return context


# What http.client and its like use; programs replace it to do without verification.
_create_default_https_context = create_default_context
_create_stdlib_context = _create_unverified_context


def _chain_bytes(chain):
    return [cert.public_bytes(_ssl.ENCODING_DER) for cert in chain or ()]


def _check_sslobject_params(server_side, context=None, server_hostname=None, session=None):
    """Raises a ValueError for what makes no sense for a server, or is not enough for a client."""
    if server_side and server_hostname:
        raise ValueError("server_hostname can only be specified in client mode")
    if server_side and session is not None:
        raise ValueError("session can only be specified in client mode")
    if context.check_hostname and not server_hostname:
        raise ValueError("check_hostname requires server_hostname")


class SSLObject:
    """A connection between two buffers, a MemoryBIO for what comes and one for what goes: who has it moves the bytes.

    `SSLContext.wrap_bio()` makes it.
    """

    def __init__(self, *args, **kwargs):
        raise TypeError(
            f"{self.__class__.__name__} does not have a public "
            f"constructor. Instances are returned by SSLContext.wrap_bio()."
        )

    @classmethod
    def _create(cls, incoming, outgoing, server_side=False, server_hostname=None, session=None, context=None):
        _check_sslobject_params(server_side, context, server_hostname, session)
        self = cls.__new__(cls)
        self._sslobj = context._wrap_bio(
            incoming, outgoing, server_side=server_side, server_hostname=server_hostname, owner=self, session=session
        )
        return self

    @property
    def context(self):
        """The context; callbacks for names of servers may put another in its place."""
        return self._sslobj.context

    @context.setter
    def context(self, ctx):
        self._sslobj.context = ctx

    @property
    def session(self):
        """What a client may give to a later connection, to shorten its handshake."""
        return self._sslobj.session

    @session.setter
    def session(self, session):
        self._sslobj.session = session

    @property
    def session_reused(self):
        """Whether the handshake was a shortened one."""
        return self._sslobj.session_reused

    @property
    def server_side(self):
        """Whether this end is the server."""
        return self._sslobj.server_side

    @property
    def server_hostname(self):
        """The name the client asks for, if any."""
        return self._sslobj.server_hostname

    def read(self, len=1024, buffer=None):
        """Up to `len` bytes that came; with `buffer` they go there, and the result is how many they are."""
        if buffer is not None:
            return self._sslobj.read(len, buffer)
        return self._sslobj.read(len)

    def write(self, data):
        """Encrypts bytes to be sent; how many were taken."""
        return self._sslobj.write(data)

    def getpeercert(self, binary_form=False):
        """The peer's certificate as a dict, which is empty if nobody checked it, or as DER; None if it has shown none."""
        return self._sslobj.getpeercert(binary_form)

    def get_verified_chain(self):
        """The certificates that were checked, from the peer's to the authority's, as DER; what it sent, if there were no checks."""
        return _chain_bytes(self._sslobj.get_verified_chain())

    def get_unverified_chain(self):
        """The certificates that the peer sent, as DER."""
        return _chain_bytes(self._sslobj.get_unverified_chain())

    def selected_npn_protocol(self):
        """None: nobody negotiates protocols in this way any more."""
        warnings.warn("ssl NPN is deprecated, use ALPN instead", DeprecationWarning, stacklevel=2)

    def selected_alpn_protocol(self):
        """The protocol both ends agreed on, if any."""
        return self._sslobj.selected_alpn_protocol()

    def cipher(self):
        """(name of the cipher suite, version it belongs to, bits of its secret), or None before the handshake."""
        return self._sslobj.cipher()

    def shared_ciphers(self):
        """At a server, the cipher suites of the client that are known here; else None."""
        return self._sslobj.shared_ciphers()

    def compression(self):
        """None: TLS no longer compresses."""
        return self._sslobj.compression()

    def pending(self):
        """How many decrypted bytes wait to be read."""
        return self._sslobj.pending()

    def do_handshake(self):
        """Goes on with the handshake as far as what came allows."""
        self._sslobj.do_handshake()

    def unwrap(self):
        """Says good-bye, and waits for the peer's."""
        return self._sslobj.shutdown()

    def get_channel_binding(self, cb_type="tls-unique"):
        """Bytes that only this connection has, or None as long as there are none; ValueError for a kind that is not known."""
        return self._sslobj.get_channel_binding(cb_type)

    def version(self):
        """The version of TLS in use, None before the handshake."""
        return self._sslobj.version()

    def verify_client_post_handshake(self):
        return self._sslobj.verify_client_post_handshake()


def _sslcopydoc(func):
    """Copies the docstring of the method of SSLObject."""
    func.__doc__ = getattr(SSLObject, func.__name__).__doc__
    return func


def _none_before_tls(name):
    """The method of SSLObject for a socket, where there may be no connection yet."""

    def method(self):
        self._checkClosed()
        return None if self._sslobj is None else getattr(self._sslobj, name)()

    method.__name__ = name
    method.__qualname__ = f"SSLSocket.{name}"
    return _sslcopydoc(method)


class SSLSocket(socket):
    """A socket whose connection is encrypted. `SSLContext.wrap_socket()` makes it, and takes the plain one's descriptor."""

    def __init__(self, *args, **kwargs):
        raise TypeError(
            f"{self.__class__.__name__} does not have a public "
            f"constructor. Instances are returned by "
            f"SSLContext.wrap_socket()."
        )

    @classmethod
    def _create(
        cls,
        sock,
        server_side=False,
        do_handshake_on_connect=True,
        suppress_ragged_eofs=True,
        server_hostname=None,
        context=None,
        session=None,
    ):
        if sock.getsockopt(SOL_SOCKET, SO_TYPE) != SOCK_STREAM:
            raise NotImplementedError("only stream sockets are supported")
        _check_sslobject_params(server_side, context, server_hostname, session)
        sock_timeout = sock.gettimeout()
        kwargs = dict(family=sock.family, type=sock.type, proto=sock.proto, fileno=sock.fileno())
        self = cls.__new__(cls, **kwargs)
        super(SSLSocket, self).__init__(**kwargs)
        sock.detach()
        # From here on the descriptor is this object's to close.
        try:
            self._context = context
            self._session = session
            self._closed = False
            self._sslobj = None
            self.server_side = server_side
            self.server_hostname = context._encode_hostname(server_hostname)
            self.do_handshake_on_connect = do_handshake_on_connect
            self.suppress_ragged_eofs = suppress_ragged_eofs
            self._connected = self._check_peer(sock_timeout)
            self.settimeout(sock_timeout)
            if self._connected:
                self._sslobj = self._wrap(server_side, session)
                if do_handshake_on_connect:
                    if self.gettimeout() == 0.0:
                        raise ValueError("do_handshake_on_connect should not be specified for non-blocking sockets")
                    self.do_handshake()
        except:
            try:
                self.close()
            except OSError:
                pass
            raise
        return self

    def _check_peer(self, timeout):
        """Whether there is a peer. One that left before TLS began must have sent nothing: it would be taken for what came by TLS."""
        try:
            self.getpeername()
        except OSError as exc:
            if exc.errno != errno.ENOTCONN:
                raise
        else:
            return True
        blocking = timeout != 0
        self.setblocking(False)
        try:
            # On a socket that was never connected this is ENOTCONN again.
            early = self.recv(1)
        except OSError as exc:
            if exc.errno not in (errno.ENOTCONN, errno.EINVAL):
                raise
            early = b""
        self.setblocking(blocking)
        if early:
            error = SSLError("Closed before TLS handshake with data in recv buffer.")
            error.reason = "Closed before TLS handshake with data in recv buffer."
            error.library = "SSL"
            try:
                raise error
            finally:
                error = None
        return False

    def _wrap(self, server_side, session=None):
        return self._context._wrap_socket(
            self, server_side, self.server_hostname, owner=self, session=session
        )

    @property
    @_sslcopydoc
    def context(self):
        return self._context

    @context.setter
    def context(self, ctx):
        self._context = ctx
        self._sslobj.context = ctx

    @property
    @_sslcopydoc
    def session(self):
        if self._sslobj is not None:
            return self._sslobj.session

    @session.setter
    def session(self, session):
        self._session = session
        if self._sslobj is not None:
            self._sslobj.session = session

    @property
    @_sslcopydoc
    def session_reused(self):
        if self._sslobj is not None:
            return self._sslobj.session_reused

    def dup(self):
        raise NotImplementedError(f"Can't dup() {self.__class__.__name__} instances")

    def _checkClosed(self, msg=None):
        # For subclasses that want to say so.
        pass

    def _check_connected(self):
        if not self._connected:
            # ENOTCONN, as for any other socket.
            self.getpeername()

    def read(self, len=1024, buffer=None):
        """As SSLObject.read(); nothing at the end of the connection."""
        self._checkClosed()
        if self._sslobj is None:
            raise ValueError("Read on closed or unwrapped SSL socket.")
        try:
            if buffer is not None:
                return self._sslobj.read(len, buffer)
            return self._sslobj.read(len)
        except SSLError as x:
            if x.args[0] == SSL_ERROR_EOF and self.suppress_ragged_eofs:
                return 0 if buffer is not None else b""
            raise

    def write(self, data):
        """As SSLObject.write()."""
        self._checkClosed()
        if self._sslobj is None:
            raise ValueError("Write on closed or unwrapped SSL socket.")
        return self._sslobj.write(data)

    @_sslcopydoc
    def getpeercert(self, binary_form=False):
        self._checkClosed()
        self._check_connected()
        return self._sslobj.getpeercert(binary_form)

    @_sslcopydoc
    def get_verified_chain(self):
        return _chain_bytes(self._sslobj.get_verified_chain())

    @_sslcopydoc
    def get_unverified_chain(self):
        return _chain_bytes(self._sslobj.get_unverified_chain())

    @_sslcopydoc
    def selected_npn_protocol(self):
        self._checkClosed()
        warnings.warn("ssl NPN is deprecated, use ALPN instead", DeprecationWarning, stacklevel=2)
        return None

    selected_alpn_protocol = _none_before_tls("selected_alpn_protocol")
    cipher = _none_before_tls("cipher")
    shared_ciphers = _none_before_tls("shared_ciphers")
    compression = _none_before_tls("compression")

    def _check_flags(self, flags, method):
        if flags != 0:
            raise ValueError(f"non-zero flags not allowed in calls to {method}() on {self.__class__}")

    def send(self, data, flags=0):
        self._checkClosed()
        if self._sslobj is None:
            return super().send(data, flags)
        self._check_flags(flags, "send")
        return self._sslobj.write(data)

    def sendto(self, data, flags_or_addr, addr=None):
        self._checkClosed()
        if self._sslobj is not None:
            raise ValueError(f"sendto not allowed on instances of {self.__class__}")
        if addr is None:
            return super().sendto(data, flags_or_addr)
        return super().sendto(data, flags_or_addr, addr)

    def sendmsg(self, *args, **kwargs):
        # Messages would bypass TLS.
        raise NotImplementedError(f"sendmsg not allowed on instances of {self.__class__}")

    def sendall(self, data, flags=0):
        self._checkClosed()
        if self._sslobj is None:
            return super().sendall(data, flags)
        self._check_flags(flags, "sendall")
        with memoryview(data) as view, view.cast("B") as byte_view:
            amount = len(byte_view)
            count = 0
            while count < amount:
                count += self.send(byte_view[count:])

    def sendfile(self, file, offset=0, count=None):
        """Sends a file; only without TLS the system can do that by itself."""
        if self._sslobj is not None:
            return self._sendfile_use_send(file, offset, count)
        return super().sendfile(file, offset, count)

    def recv(self, buflen=1024, flags=0):
        self._checkClosed()
        if self._sslobj is None:
            return super().recv(buflen, flags)
        self._check_flags(flags, "recv")
        return self.read(buflen)

    def recv_into(self, buffer, nbytes=None, flags=0):
        self._checkClosed()
        if nbytes is None:
            if buffer is not None:
                with memoryview(buffer) as view:
                    nbytes = view.nbytes or 1024
            else:
                nbytes = 1024
        if self._sslobj is None:
            return super().recv_into(buffer, nbytes, flags)
        self._check_flags(flags, "recv_into")
        return self.read(nbytes, buffer)

    def recvfrom(self, buflen=1024, flags=0):
        self._checkClosed()
        if self._sslobj is not None:
            raise ValueError(f"recvfrom not allowed on instances of {self.__class__}")
        return super().recvfrom(buflen, flags)

    def recvfrom_into(self, buffer, nbytes=None, flags=0):
        self._checkClosed()
        if self._sslobj is not None:
            raise ValueError(f"recvfrom_into not allowed on instances of {self.__class__}")
        return super().recvfrom_into(buffer, nbytes, flags)

    def recvmsg(self, *args, **kwargs):
        raise NotImplementedError(f"recvmsg not allowed on instances of {self.__class__}")

    def recvmsg_into(self, *args, **kwargs):
        raise NotImplementedError(f"recvmsg_into not allowed on instances of {self.__class__}")

    @_sslcopydoc
    def pending(self):
        self._checkClosed()
        return 0 if self._sslobj is None else self._sslobj.pending()

    def shutdown(self, how):
        self._checkClosed()
        self._sslobj = None
        super().shutdown(how)

    @_sslcopydoc
    def unwrap(self):
        if not self._sslobj:
            raise ValueError("No SSL wrapper around " + str(self))
        sock = self._sslobj.shutdown()
        self._sslobj = None
        return sock

    @_sslcopydoc
    def verify_client_post_handshake(self):
        if not self._sslobj:
            raise ValueError("No SSL wrapper around " + str(self))
        return self._sslobj.verify_client_post_handshake()

    def _real_close(self):
        self._sslobj = None
        super()._real_close()

    @_sslcopydoc
    def do_handshake(self, block=False):
        self._check_connected()
        timeout = self.gettimeout()
        try:
            if timeout == 0.0 and block:
                self.settimeout(None)
            self._sslobj.do_handshake()
        finally:
            self.settimeout(timeout)

    def _real_connect(self, addr, connect_ex):
        if self.server_side:
            raise ValueError("can't connect in server-side mode")
        if self._connected or self._sslobj is not None:
            # The peer's certificate belongs to one address.
            raise ValueError("attempt to connect already-connected SSLSocket!")
        self._sslobj = self._wrap(False, self._session)
        try:
            if connect_ex:
                rc = super().connect_ex(addr)
            else:
                rc = None
                super().connect(addr)
            if not rc:
                self._connected = True
                if self.do_handshake_on_connect:
                    self.do_handshake()
            return rc
        except (OSError, ValueError):
            self._sslobj = None
            raise

    def connect(self, addr):
        """As socket.connect(), then the handshake."""
        self._real_connect(addr, False)

    def connect_ex(self, addr):
        """As socket.connect_ex(), then the handshake."""
        return self._real_connect(addr, True)

    def accept(self):
        """As socket.accept(), with the new connection encrypted."""
        newsock, addr = super().accept()
        newsock = self.context.wrap_socket(
            newsock,
            do_handshake_on_connect=self.do_handshake_on_connect,
            suppress_ragged_eofs=self.suppress_ragged_eofs,
            server_side=True,
        )
        return newsock, addr

    @_sslcopydoc
    def get_channel_binding(self, cb_type="tls-unique"):
        if self._sslobj is not None:
            return self._sslobj.get_channel_binding(cb_type)
        if cb_type not in CHANNEL_BINDING_TYPES:
            raise ValueError(f"{cb_type} channel binding type not implemented")
        return None

    @_sslcopydoc
    def version(self):
        return None if self._sslobj is None else self._sslobj.version()


SSLContext.sslsocket_class = SSLSocket
SSLContext.sslobject_class = SSLObject


def cert_time_to_seconds(cert_time):
    """Seconds since 1970 of a date as certificates show it, such as "Jan  5 09:34:43 2018 GMT" (RFC 5280 has no other zone)."""
    from datetime import date
    from time import strptime

    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    time_format = " %d %H:%M:%S %Y GMT"
    # The names of months are English whatever the locale.
    month = cert_time[:3].title()
    if month not in months:
        raise ValueError('time data %r does not match format "%%b%s"' % (cert_time, time_format))
    parsed = strptime(cert_time[3:], time_format)
    # A day too many for its month counts on into the next.
    days = date(parsed.tm_year, months.index(month) + 1, 1).toordinal() - date(1970, 1, 1).toordinal() + parsed.tm_mday - 1
    return days * 86_400 + parsed.tm_hour * 3600 + parsed.tm_min * 60 + parsed.tm_sec


PEM_HEADER = "-----BEGIN CERTIFICATE-----"
PEM_FOOTER = "-----END CERTIFICATE-----"


def DER_cert_to_PEM_cert(der_cert_bytes):
    """A certificate as text that begins with a line of dashes."""
    text = _b2a_base64(der_cert_bytes, newline=False).decode("ascii")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([PEM_HEADER, *lines, PEM_FOOTER]) + "\n"


def PEM_cert_to_DER_cert(pem_cert_string):
    """The bytes of a certificate from such text."""
    if not pem_cert_string.startswith(PEM_HEADER):
        raise ValueError("Invalid PEM encoding; must start with %s" % PEM_HEADER)
    text = pem_cert_string.strip()
    if not text.endswith(PEM_FOOTER):
        raise ValueError("Invalid PEM encoding; must end with %s" % PEM_FOOTER)
    return _a2b_base64(text[len(PEM_HEADER) : -len(PEM_FOOTER)].encode("ASCII", "strict"))


def get_server_certificate(addr, ssl_version=PROTOCOL_TLS_CLIENT, ca_certs=None, timeout=_GLOBAL_DEFAULT_TIMEOUT):
    """Connects to a server and gives its certificate as PEM, checked if there are `ca_certs` to do it with."""
    host, _port = addr
    cert_reqs = CERT_NONE if ca_certs is None else CERT_REQUIRED
    context = _create_stdlib_context(ssl_version, cert_reqs=cert_reqs, cafile=ca_certs)
    with create_connection(addr, timeout=timeout) as sock:
        with context.wrap_socket(sock, server_hostname=host) as sslsock:
            return DER_cert_to_PEM_cert(sslsock.getpeercert(True))


def get_protocol_name(protocol_code):
    return _PROTOCOL_NAMES.get(protocol_code, "<unknown>")
