//! The program `bordereau`: arguments in, exit code out; everything between is the library and `cli`.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os().collect())
}
