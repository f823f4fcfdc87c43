//! Behaviour tests, one module per subject. They use the public interface only.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests fail and say so")]
#![expect(clippy::float_cmp, reason = "bit-exactness is what is tested")]

mod data;
mod fairness;
