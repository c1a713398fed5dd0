//! Sessions that a client may resume, and the class `SSLSession`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use ouro_runtime::class::{CompareOp, Slots, TypeSpec, type_flags};
use ouro_runtime::heap::Payload;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::iterators::this;
use ouro_runtime::{GetSet, Value};
use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;

#[derive(Default)]
struct Stored {
    group: Option<NamedGroup>,
    tls12: Option<Tls12ClientSessionValue>,
    tls13: VecDeque<Tls13ClientSessionValue>,
}

/// What one connection learnt, and the session it was given, which it resumes.
#[derive(Default)]
pub struct Tickets {
    own: Mutex<Stored>,
    given: Option<Arc<Tickets>>,
}

/// A server that sends tickets without end must not fill the memory.
const MAX_TICKETS: usize = 8;

impl std::fmt::Debug for Tickets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tickets")
    }
}

impl Tickets {
    pub fn resuming(given: Option<Arc<Tickets>>) -> Tickets {
        Tickets { own: Mutex::default(), given }
    }

    fn lock(&self) -> MutexGuard<'_, Stored> {
        self.own.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn has_ticket(&self) -> bool {
        let own = self.lock();
        own.tls12.is_some() || !own.tls13.is_empty()
    }
}

impl ClientSessionStore for Tickets {
    fn set_kx_hint(&self, _: ServerName<'static>, group: NamedGroup) {
        self.lock().group = Some(group);
    }

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        self.given.as_ref().and_then(|given| given.lock().group)
    }

    fn set_tls12_session(&self, _: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.lock().tls12 = Some(value);
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.given.as_ref().and_then(|given| given.lock().tls12.clone())
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {
        if let Some(given) = &self.given {
            given.lock().tls12 = None;
        }
    }

    fn insert_tls13_ticket(&self, _: ServerName<'static>, value: Tls13ClientSessionValue) {
        let mut own = self.lock();
        if own.tls13.len() == MAX_TICKETS {
            own.tls13.pop_front();
        }
        own.tls13.push_back(value);
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.given.as_ref().and_then(|given| given.lock().tls13.pop_back())
    }
}

/// `SSLSession`.
pub struct Session {
    pub tickets: Arc<Tickets>,
    /// Stands for the session in comparisons; rustls does not tell what it calls it.
    pub id: [u8; 32],
    /// The context it belongs to.
    pub context: Value,
    /// For whom it was made: resuming does not verify again.
    pub host: Option<String>,
    /// Seconds since 1970.
    pub time: i64,
}

impl Payload for Session {
    ouro_runtime::trace_fields!(context; skip tickets, id, host, time);
}

/// Seconds for which OpenSSL keeps sessions.
const TIMEOUT: i64 = 7200;

pub static TYPE: TypeSpec = TypeSpec {
    name: "SSLSession",
    module: "_ssl",
    flags: type_flags::NO_NEW | type_flags::IMMUTABLE | type_flags::QUALIFIED,
    getset: &[
        GetSet {
            doc: "Does the session contain a ticket?",
            ..GetSet::read_only("has_ticket", |_, value| {
                Ok(this::<Session>(value).tickets.has_ticket().into())
            })
        },
        GetSet {
            doc: "Session ID.",
            ..GetSet::read_only("id", |_, value| Ok(Bytes::new(&this::<Session>(value).id).into()))
        },
        // Zero says that the lifetime is not known.
        GetSet {
            doc: "Ticket life time hint.",
            ..GetSet::read_only("ticket_lifetime_hint", |_, _| Ok(Value::small(0)))
        },
        GetSet {
            doc: "Session creation time (seconds since epoch).",
            ..GetSet::read_only("time", |_, value| Ok(Value::int(this::<Session>(value).time)))
        },
        GetSet {
            doc: "Session timeout (delta in seconds).",
            ..GetSet::read_only("timeout", |_, _| Ok(Value::small(TIMEOUT)))
        },
    ],
    slots: Slots {
        compare: Some(|_, a, b, op| {
            let Some(other) = b.downcast::<Session>() else { return Ok(Value::NOT_IMPLEMENTED) };
            let equal = this::<Session>(a).id == other.id;
            Ok(match op {
                CompareOp::Eq => equal.into(),
                CompareOp::Ne => (!equal).into(),
                _ => Value::NOT_IMPLEMENTED,
            })
        }),
        hash: Some(|_, value| {
            let id = &this::<Session>(value).id;
            Ok(i64::from_le_bytes([id[0], id[1], id[2], id[3], id[4], id[5], id[6], 0]))
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};
