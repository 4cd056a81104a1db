//! x
include!(concat!(env!("OUT_DIR"), "/built_in.rs"));
