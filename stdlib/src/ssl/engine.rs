//! One TLS connection over rustls that knows neither sockets nor Python: records go in, records and plain text come out.
//!
//! Records are fed one at a time, and only when the plain text of the last one has been read. So memory is bounded whatever a peer sends,
//! `read` never gives more than one record as OpenSSL's does not, and what follows the end of TLS in a stream stays in the stream.

use std::io::{Read, Write};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::server::{Accepted, Acceptor};
use rustls::{
    AlertDescription, ClientConfig, ClientConnection, Connection, Error, HandshakeKind, ProtocolVersion,
    ServerConfig,
};

use super::ciphers::{self, Cipher};
use super::errors::{Fault, alert_record, fault_of};
use super::verifier::{Check, with_check};

/// Content type, version, length.
pub const HEADER: usize = 5;
/// The longest record there may be: 16 KiB, and what encryption may add.
const MAX_RECORD: usize = 16_384 + 2048;
/// Plain text that goes into one record.
pub const MAX_PLAIN: usize = 16_384;

enum State {
    /// A client that has not begun.
    Idle,
    /// A server that waits for the client's first message.
    Accepting(Box<Acceptor>),
    /// A server that knows what the client wants and needs to be told how to go on.
    Accepted(Box<Accepted>),
    Running(Box<Connection>),
    Failed(Fault),
}

pub struct Engine {
    state: State,
    server: bool,
    pub check: Check,
    /// Records to be sent.
    output: Vec<u8>,
    first_record_seen: bool,
    pub sent_close: bool,
    /// Cipher suites of the client, on a server.
    pub offered: Vec<rustls::CipherSuite>,
}

/// What a client asked for.
pub struct Hello {
    pub server_name: Option<String>,
    pub alpn: Option<Vec<Vec<u8>>>,
}

impl Engine {
    pub fn new(server: bool, check: Check) -> Engine {
        Engine {
            state: if server { State::Accepting(Box::default()) } else { State::Idle },
            server,
            check,
            output: Vec::new(),
            first_record_seen: false,
            sent_close: false,
            offered: Vec::new(),
        }
    }

    /// Whether a client still needs its configuration.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    pub fn start_client(
        &mut self,
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
    ) -> Result<(), Fault> {
        match ClientConnection::new(config, name) {
            Ok(connection) => {
                let mut connection = Connection::from(connection);
                connection.set_buffer_limit(None);
                self.state = State::Running(Box::new(connection));
                self.collect_output();
                Ok(())
            }
            Err(error) => Err(self.fail(fault_of(&error, None))),
        }
    }

    /// What the client of an accepting server asked for, once that is known and nobody answered.
    pub fn hello(&self) -> Option<Hello> {
        let State::Accepted(accepted) = &self.state else { return None };
        let hello = accepted.client_hello();
        Some(Hello {
            server_name: hello.server_name().map(str::to_string),
            alpn: hello.alpn().map(|names| names.map(<[u8]>::to_vec).collect()),
        })
    }

    pub fn accept_with(&mut self, config: Arc<ServerConfig>) -> Result<(), Fault> {
        let State::Accepted(accepted) = std::mem::replace(&mut self.state, State::Idle) else {
            return Err(self.fail(Fault::ssl("INTERNAL_ERROR")));
        };
        match with_check(&mut self.check, || accepted.into_connection(config)) {
            Ok(connection) => {
                let mut connection = Connection::from(connection);
                connection.set_buffer_limit(None);
                self.state = State::Running(Box::new(connection));
                self.collect_output();
                Ok(())
            }
            Err((error, mut alert)) => {
                let fault = fault_of(&error, None);
                if fault.reason.as_deref() == Some("INTERNAL_ERROR") {
                    // No certificate fits what the client can check.
                    return Err(
                        self.refuse(AlertDescription::HandshakeFailure, Fault::ssl("NO_SHARED_CIPHER"))
                    );
                }
                let _ = alert.write_all(&mut self.output);
                Err(self.fail(fault))
            }
        }
    }

    /// Ends a handshake that rustls does not know of yet.
    pub fn refuse(&mut self, alert: AlertDescription, fault: Fault) -> Fault {
        self.output.extend_from_slice(&alert_record(alert));
        self.fail(fault)
    }

    /// Notes that the stream has ended too early: nothing more can be done with the connection.
    pub fn cut_off(&mut self) -> Fault {
        self.fail(Fault::eof())
    }

    fn fail(&mut self, fault: Fault) -> Fault {
        self.state = State::Failed(fault.clone());
        fault
    }

    pub fn failure(&self) -> Option<&Fault> {
        match &self.state {
            State::Failed(fault) => Some(fault),
            _ => None,
        }
    }

    pub fn connection(&self) -> Option<&Connection> {
        match &self.state {
            State::Running(connection) => Some(connection),
            _ => None,
        }
    }

    pub fn is_handshaking(&self) -> bool {
        self.connection().is_none_or(|connection| connection.is_handshaking())
    }

    /// Whether the peer said that no more will come.
    pub fn peer_closed(&mut self) -> bool {
        match &mut self.state {
            State::Running(connection) => {
                connection.process_new_packets().is_ok_and(|state| state.peer_has_closed())
            }
            _ => false,
        }
    }

    /// The length of the record that begins with this header.
    pub fn record_length(&mut self, header: &[u8; HEADER]) -> Result<usize, Fault> {
        let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
        if header[1] != 3 || !(20..=24).contains(&header[0]) {
            if !self.first_record_seen && self.server {
                let methods: [&[u8]; 4] = [b"GET ", b"POST", b"HEAD", b"PUT "];
                if methods.iter().any(|method| header.starts_with(method)) {
                    return Err(self.fail(Fault::ssl("HTTP_REQUEST")));
                }
                if header == b"CONNE" {
                    return Err(self.fail(Fault::ssl("HTTPS_PROXY_REQUEST")));
                }
            }
            if !self.is_handshaking() {
                return Err(self.refuse_record(header));
            }
            return Err(self.fail(Fault::ssl("WRONG_VERSION_NUMBER")));
        }
        if length > MAX_RECORD {
            if !self.is_handshaking() {
                return Err(self.refuse_record(header));
            }
            return Err(self.refuse(AlertDescription::RecordOverflow, Fault::ssl("PACKET_LENGTH_TOO_LONG")));
        }
        self.first_record_seen = true;
        Ok(HEADER + length)
    }

    /// Ends an established connection for a record that is none: rustls sees it too, so that its alert is encrypted.
    fn refuse_record(&mut self, header: &[u8; HEADER]) -> Fault {
        let _ = self.feed(header);
        self.fail(Fault::ssl("RECORD_LAYER_FAILURE"))
    }

    /// Takes one record in.
    pub fn feed(&mut self, mut record: &[u8]) -> Result<(), Fault> {
        let error = match &mut self.state {
            State::Accepting(acceptor) => {
                while !record.is_empty() && acceptor.read_tls(&mut record).is_ok_and(|n| n > 0) {}
                match acceptor.accept() {
                    Ok(None) => return Ok(()),
                    Ok(Some(accepted)) => {
                        self.offered = accepted.client_hello().cipher_suites().to_vec();
                        self.state = State::Accepted(Box::new(accepted));
                        return Ok(());
                    }
                    Err((error, mut alert)) => {
                        let _ = alert.write_all(&mut self.output);
                        error
                    }
                }
            }
            State::Running(connection) => {
                let result = with_check(&mut self.check, || {
                    while !record.is_empty() {
                        if connection.read_tls(&mut record).unwrap_or(0) == 0 {
                            break;
                        }
                        connection.process_new_packets()?;
                    }
                    Ok(())
                });
                match result {
                    Ok(()) => {
                        self.collect_output();
                        return Ok(());
                    }
                    Err(error) => error,
                }
            }
            State::Failed(fault) => return Err(fault.clone()),
            State::Idle | State::Accepted(_) => return Ok(()),
        };
        let established = !self.is_handshaking();
        self.collect_output();
        let failure = self.check.failure.take();
        // Whatever is wrong with an encrypted record, OpenSSL says no more than this.
        let fault = match error {
            Error::DecryptError | Error::PeerSentOversizedRecord if established => {
                Fault::ssl("RECORD_LAYER_FAILURE")
            }
            error => fault_of(&error, failure),
        };
        Err(self.fail(fault))
    }

    fn collect_output(&mut self) {
        if let State::Running(connection) = &mut self.state {
            while connection.wants_write() {
                if connection.write_tls(&mut self.output).unwrap_or(0) == 0 {
                    break;
                }
            }
        }
    }

    /// The records to be sent.
    pub fn take_output(&mut self) -> Vec<u8> {
        /// Sent for the sake of old middleboxes alone.
        const CHANGE_CIPHER_SPEC: &[u8] = &[20, 3, 3, 0, 1, 1];
        self.collect_output();
        // By itself it can wait. Sent at once it would be in flight still when an alert follows, which the system would then hold back,
        // and drop when the socket is closed.
        if self.output == CHANGE_CIPHER_SPEC && self.is_handshaking() && self.failure().is_none() {
            return Vec::new();
        }
        std::mem::take(&mut self.output)
    }

    /// Bytes of plain text that can be read at once.
    pub fn n_readable(&mut self) -> usize {
        match &mut self.state {
            State::Running(connection) => {
                connection.process_new_packets().map_or(0, |state| state.plaintext_bytes_to_read())
            }
            _ => 0,
        }
    }

    /// Fills `buffer` with plain text; gives how much there was.
    pub fn read_plain(&mut self, buffer: &mut [u8]) -> usize {
        match &mut self.state {
            State::Running(connection) => connection.reader().read(buffer).unwrap_or(0),
            _ => 0,
        }
    }

    /// Encrypts plain text, at most one record.
    pub fn write_plain(&mut self, bytes: &[u8]) -> usize {
        let n = match &mut self.state {
            State::Running(connection) => connection.writer().write(bytes).unwrap_or(0),
            _ => 0,
        };
        self.collect_output();
        n
    }

    /// Says that no more will come.
    pub fn send_close(&mut self) {
        if let State::Running(connection) = &mut self.state {
            connection.send_close_notify();
            self.sent_close = true;
        }
        self.collect_output();
    }

    pub fn cipher(&self) -> Option<&'static Cipher> {
        ciphers::find(self.connection()?.negotiated_cipher_suite()?.suite())
    }

    /// "TLSv1.3", once it is settled.
    pub fn version(&self) -> Option<&'static str> {
        match self.connection()?.protocol_version()? {
            ProtocolVersion::TLSv1_2 => Some("TLSv1.2"),
            ProtocolVersion::TLSv1_3 => Some("TLSv1.3"),
            _ => None,
        }
    }

    pub fn is_resumed(&self) -> bool {
        self.connection().and_then(|connection| connection.handshake_kind()) == Some(HandshakeKind::Resumed)
    }
}
