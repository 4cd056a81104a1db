//! Tests of the whole: through the library's front door and through the program.
//!
//! `BORDEREAU_BLESS=1 cargo test --test it` writes the expected files anew; look at the difference before you keep it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]

mod agora;
mod architecture;
mod archives;
mod backups;
mod baskets;
mod claims;
mod cli;
mod codes;
mod deposit_rules;
mod deposit_tracking;
mod deposits;
mod deposits_workspace;
mod errands;
mod errors_page;
mod formats;
mod inbox;
mod invoices;
mod keeping;
mod order_codes;
mod kills;
mod ledger_refusals;
mod notifications;
mod orders;
mod orders_workspace;
mod pipeline;
mod pollutions;
mod raised;
mod reading;
mod regressions;
mod repairs;
mod shop;
mod support;
mod system;
mod usage;
mod watch;
mod week;
mod work_order_life;
mod work_orders;
mod workbook;
mod workspace;
