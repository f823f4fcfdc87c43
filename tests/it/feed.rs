//! The live feed: frames in, facts out, whatever happens on the way.

mod campaign;
pub(crate) mod captures;
mod garbage;
mod integrity;
mod law;
mod machine;
pub(crate) mod show;
