//! A workspace with a catalogue and filled baskets, for tests of what is done with them.

use std::path::PathBuf;
use std::process::Command;

use bordereau::ledger::{
    ImportBook as _, ImportHead, ImportOrigin, ImportTotals, Ledger as _, Need, OrderHead, SourceLine, SqliteLedger,
    Stamp,
};
use bordereau::model::{Counts, ManufacturerId, Moment, Money};

use crate::support::{Desk, Ended, program};

/// The day on which everything happens.
pub(crate) const NOW: &str = "2026-03-04T18:05:00Z";

/// A line of a basket: manufacturer, reference, price in ten-thousandths, quantity, customer order number.
pub(crate) type Line<'l> = (u32, &'l str, i64, u32, &'l str);

/// A workspace in the folder `shop` of a desk.
pub(crate) struct Shop {
    pub(crate) desk: Desk,
    /// What is put before every command.
    pub(crate) general: String,
}

impl Shop {
    /// One with the catalogue of the samples and empty baskets.
    pub(crate) fn new() -> Self {
        let shop = Self { desk: Desk::new(), general: "--workspace shop".to_owned() };
        assert_eq!(shop.desk.run("init shop").code, Some(0));
        assert_eq!(shop.desk.run("catalogue build catalogue.csv -o shop/catalogue.bdc").code, Some(0));
        shop
    }

    /// The same with lines in the baskets.
    pub(crate) fn with(lines: &[Line<'_>]) -> Self {
        let shop = Self::new();
        shop.fill(lines, Vec::new());
        shop
    }

    pub(crate) fn ledger(&self) -> SqliteLedger {
        SqliteLedger::open(&self.path("ledger.sqlite"), false).unwrap()
    }

    /// A path in the workspace.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.desk.path(&format!("shop/{name}"))
    }

    /// Brings lines in as a file would.
    pub(crate) fn fill(&self, lines: &[Line<'_>], heads: Vec<OrderHead>) {
        let mut ledger = self.ledger();
        let head = ImportHead {
            origin: ImportOrigin::File,
            parent: None,
            file: "orders.csv".to_owned(),
            hash: format!("{lines:?}"),
            bytes: 1,
            format: "generic".to_owned(),
            format_hash: String::new(),
            settings: "{}".to_owned(),
            reference: None,
            stamp: Stamp { at: Moment::parse(NOW).unwrap(), by: "anne".to_owned() },
        };
        let mut record = ledger.begin_import(&head).unwrap();
        let mut places = std::collections::BTreeMap::<u32, usize>::new();
        for (line, (manufacturer, reference, price, quantity, order)) in (2..).zip(lines) {
            let place = places.entry(*manufacturer).or_default();
            let taken = record.take(&SourceLine {
                line,
                manufacturer: ManufacturerId(*manufacturer),
                place: *place,
                reference,
                label: "Joint",
                unit_price: Money::from_ten_thousandths(*price),
                quantity: *quantity,
                need: Need { customer_order_number: order, ..Need::default() },
                desired_delivery_date: None,
                comment: "",
                merge_key: i64::try_from(line).unwrap(),
            });
            taken.unwrap();
            *place += 1;
        }
        let counts = Counts { valid: lines.len() as u64, accepted: lines.len() as u64, ..Counts::default() };
        let totals = ImportTotals { counts, causes: Vec::new(), content: format!("{lines:?}"), heads, reports: None };
        record.finish(&totals).unwrap();
    }

    /// The program, on the day and with the user of these tests.
    pub(crate) fn program(&self) -> Command {
        let mut command = program(&self.desk.path(""));
        command.env("BORDEREAU_NOW", NOW).env("USER", "anne").env("BORDEREAU_NO_SYNC", "1");
        command
    }

    /// Runs a command in the workspace; arguments are separated by blanks.
    pub(crate) fn run(&self, arguments: &str) -> Ended {
        let mut command = self.program();
        command.args(self.general.split_whitespace()).args(arguments.split_whitespace());
        command.output().unwrap().into()
    }

    /// Runs a command that must end well, and gives what it wrote.
    #[track_caller]
    pub(crate) fn done(&self, arguments: &str) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments}\n{}{}", ended.stdout, ended.stderr);
        ended.stdout
    }

    /// The same as JSON.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &str) -> serde_json::Value {
        serde_json::from_str(&self.done(&format!("{arguments} --json"))).unwrap()
    }

    /// Fails when the ledger contradicts itself.
    #[track_caller]
    pub(crate) fn is_whole(&self) {
        assert_eq!(self.ledger().faults().unwrap(), Vec::<String>::new());
    }
}
