//! The book of numbers in `SQLite`.

use rusqlite::params;

use super::rows::{day_number, manufacturer, money, number};
use super::{Connected as _, SqliteLedger};
use crate::diagnostic::Result;
use crate::ledger::{OrderShare, Period, StatisticsBook};
use crate::model::Day;

impl StatisticsBook for SqliteLedger {
    fn order_shares(&self, from: Option<Day>, to: Option<Day>, period: Period) -> Result<Vec<OrderShare>> {
        let form = match period {
            Period::Day => "%Y-%m-%d",
            Period::Month => "%Y-%m",
            Period::Year => "%Y",
            Period::All => "",
        };
        self.ask(|connection| {
            let mut statement = connection.prepare(
                "SELECT strftime(?1, sent_at, 'unixepoch') AS period, manufacturer, count(*), sum(lines), sum(quantity),
                     sum(amount)
                 FROM purchase_order
                 WHERE sent_at IS NOT NULL AND status NOT IN ('DRAFT', 'ESTIMATED', 'REJECTED', 'CANCELLED')
                     AND (?2 = 0 OR CAST(strftime('%Y%m%d', sent_at, 'unixepoch') AS INTEGER) >= ?2)
                     AND (?3 = 0 OR CAST(strftime('%Y%m%d', sent_at, 'unixepoch') AS INTEGER) <= ?3)
                 GROUP BY period, manufacturer ORDER BY period, manufacturer",
            )?;
            let rows = statement.query_map(params![form, day_number(from), day_number(to)], |row| {
                Ok(OrderShare {
                    period: row.get::<_, Option<String>>(0)?.unwrap_or_default(),
                    manufacturer: manufacturer(row, 1)?,
                    orders: number(row, 2)?,
                    lines: number(row, 3)?,
                    quantity: number(row, 4)?,
                    amount: money(row, 5)?,
                })
            })?;
            rows.collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ManufacturerId, Moment, Money};

    #[test]
    fn only_what_was_sent_and_still_holds_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::create(&folder.path().join("l"), false).unwrap();
        let sent = |text: &str| Moment::parse(text).unwrap().seconds();
        for (number, (manufacturer, status, at, amount)) in [
            (4, "SENT", Some(sent("2026-02-28T23:59:59Z")), 100),
            (4, "RECEIVED", Some(sent("2026-03-01T00:00:00Z")), 20),
            (4, "SHIPPED", Some(sent("2026-03-31T00:00:00Z")), 3),
            (15, "CONFIRMED", Some(sent("2026-03-05T00:00:00Z")), 7),
            (15, "CANCELLED", Some(sent("2026-03-05T00:00:00Z")), 1000),
            (15, "REJECTED", Some(sent("2026-03-05T00:00:00Z")), 1000),
            (15, "DRAFT", None, 1000),
        ]
        .into_iter()
        .enumerate()
        {
            ledger
                .connection
                .execute(
                    "INSERT INTO purchase_order (number, year, serial, manufacturer, status, created_at, created_by,
                         sent_at, lines, quantity, amount) VALUES (?1, 0, ?1, ?2, ?3, 0, '', ?4, 1, 2, ?5)",
                    params![number.to_string(), manufacturer, status, at, amount],
                )
                .unwrap();
        }
        let shares = |from, to, period| -> Vec<_> {
            let shares = ledger.order_shares(from, to, period).unwrap().into_iter();
            shares.map(|share| (share.period, share.manufacturer.0, share.orders, share.amount)).collect()
        };
        let money = Money::from_ten_thousandths;
        assert_eq!(
            shares(None, None, Period::All),
            [(String::new(), 4, 3, money(123)), (String::new(), 15, 1, money(7))]
        );
        let month = |text: &str| text.to_owned();
        assert_eq!(
            shares(None, None, Period::Month),
            [
                (month("2026-02"), 4, 1, money(100)),
                (month("2026-03"), 4, 2, money(23)),
                (month("2026-03"), 15, 1, money(7))
            ]
        );
        let (first, last) = (Day::new(2026, 3, 1), Day::new(2026, 3, 5));
        assert_eq!(shares(first, last, Period::All).len(), 2);
        assert_eq!(shares(first, last, Period::All)[0].3, money(20), "both days are included");
        assert_eq!(ledger.order_shares(last, last, Period::Year).unwrap()[0].manufacturer, ManufacturerId(15));
    }
}
