//! A game to try things on: a feed server and a site with play money.

pub mod demo_site;
pub mod feed_server;
