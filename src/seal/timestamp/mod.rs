//! Time stamps (RFC 3161): somebody else's word that bytes were there no later than a time.

pub mod der;
pub mod http;
pub mod reply;
pub mod request;
pub mod stamp;
pub mod verify;

pub use reply::Stamp;
