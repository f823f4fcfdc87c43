//! The live feed: frames in, facts out, whatever happens on the way.

mod campaign;
pub(crate) mod captures;
mod garbage;
mod integrity;
pub(crate) mod law;
mod machine;
pub(crate) mod show;
