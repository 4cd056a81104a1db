//! An order as JSON: one object, `{"kind": "order", "version": 1, …}`.
//!
//! What enters: an order. What leaves: its object; amounts are text, so that they stay exact. What is refused: an amount
//! beyond the range of money.

use std::io::{self, Write};

use serde::Serialize;

use super::impossible;
use crate::model::{Address, OrderDocument, OrderDocumentLine};

/// The shape of the object; raised when a reader would have to change.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct OrderObject<'d> {
    kind: &'static str,
    version: u32,
    number: &'d str,
    manufacturer_id: u32,
    manufacturer: &'d str,
    created_at: String,
    customer_code: &'d str,
    customer_order_number: &'d str,
    delivery_account: &'d str,
    delivery_option: &'d str,
    desired_delivery_date: Option<String>,
    comment: &'d str,
    address: Option<AddressObject<'d>>,
    currency: &'d str,
    total: String,
    lines: Vec<LineObject<'d>>,
}

#[derive(Serialize)]
struct AddressObject<'d> {
    name: &'d str,
    address1: &'d str,
    address2: &'d str,
    address3: &'d str,
    zip: &'d str,
    town: &'d str,
    country: &'d str,
    phone: &'d str,
}

#[derive(Serialize)]
struct LineObject<'d> {
    number: u32,
    reference: &'d str,
    label: &'d str,
    quantity: u64,
    unit_price: String,
    line_total: String,
    customer_order_number: &'d str,
    mission_order: &'d str,
    countermark: &'d str,
    delivery_account: &'d str,
    desired_delivery_date: Option<String>,
    comment: &'d str,
}

pub(super) fn write(document: &OrderDocument, out: &mut dyn Write) -> io::Result<()> {
    let out_of_range = || impossible("an amount beyond the range of money");
    let object = OrderObject {
        kind: "order",
        version: VERSION,
        number: &document.number,
        manufacturer_id: document.manufacturer.0,
        manufacturer: &document.manufacturer_name,
        created_at: document.created_at.to_string(),
        customer_code: &document.customer_code,
        customer_order_number: &document.customer_order_number,
        delivery_account: &document.delivery_account,
        delivery_option: &document.delivery_option,
        desired_delivery_date: document.desired_delivery_date.map(|day| day.to_string()),
        comment: &document.comment,
        address: document.address.as_ref().map(address),
        currency: &document.currency,
        total: document.total().ok_or_else(out_of_range)?.to_string(),
        lines: document.lines.iter().map(|each| line(each).ok_or_else(out_of_range)).collect::<io::Result<_>>()?,
    };
    serde_json::to_writer_pretty(&mut *out, &object)?;
    out.write_all(b"\n")
}

fn address(address: &Address) -> AddressObject<'_> {
    AddressObject {
        name: &address.name,
        address1: &address.address1,
        address2: &address.address2,
        address3: &address.address3,
        zip: &address.zip,
        town: &address.town,
        country: &address.country,
        phone: &address.phone,
    }
}

fn line(line: &OrderDocumentLine) -> Option<LineObject<'_>> {
    Some(LineObject {
        number: line.number,
        reference: &line.reference,
        label: &line.label,
        quantity: line.quantity,
        unit_price: line.unit_price.to_string(),
        line_total: line.line_total()?.to_string(),
        customer_order_number: &line.customer_order_number,
        mission_order: &line.work_order,
        countermark: &line.countermark,
        delivery_account: &line.delivery_account,
        desired_delivery_date: line.desired_delivery_date.map(|day| day.to_string()),
        comment: &line.comment,
    })
}
