//! An order as our own order XML (`docs/order-1.xsd`).
//!
//! What enters: an order. What leaves: UTF-8, an element on each line, empty ones left out. What is refused: an amount beyond
//! the range of money.

use std::io::{self, Write};

use super::impossible;
use crate::export::xml_writer::Xml;
use crate::model::{Day, OrderDocument, OrderDocumentLine};

const NAMESPACE: &str = "urn:bordereau:order:1";

pub(super) fn write(document: &OrderDocument, out: &mut dyn Write) -> io::Result<()> {
    let total = document.total().ok_or_else(out_of_range)?;
    let mut xml = Xml::begin(out)?;
    xml.open("Order", &[("xmlns", NAMESPACE), ("version", "1")])?;
    xml.element("Number", &document.number)?;
    xml.with_attributes("Manufacturer", &[("id", &document.manufacturer.to_string())], &document.manufacturer_name)?;
    xml.element("CreatedAt", &document.created_at.to_string())?;
    xml.element("CustomerCode", &document.customer_code)?;
    xml.element("CustomerOrderNumber", &document.customer_order_number)?;
    xml.element("DeliveryAccount", &document.delivery_account)?;
    xml.element("DeliveryOption", &document.delivery_option)?;
    xml.element("DesiredDeliveryDate", &day(document.desired_delivery_date))?;
    xml.element("Comment", &document.comment)?;
    if let Some(address) = &document.address {
        xml.open("DeliveryAddress", &[])?;
        xml.element("Name", &address.name)?;
        xml.element("Address1", &address.address1)?;
        xml.element("Address2", &address.address2)?;
        xml.element("Address3", &address.address3)?;
        xml.element("Zip", &address.zip)?;
        xml.element("Town", &address.town)?;
        xml.element("Country", &address.country)?;
        xml.element("Phone", &address.phone)?;
        xml.close("DeliveryAddress")?;
    }
    xml.element("Currency", &document.currency)?;
    xml.open("Lines", &[])?;
    for each in &document.lines {
        line(&mut xml, each)?;
    }
    xml.close("Lines")?;
    xml.element("Total", &total.to_string())?;
    xml.close("Order")
}

fn line(xml: &mut Xml<'_>, line: &OrderDocumentLine) -> io::Result<()> {
    let total = line.line_total().ok_or_else(out_of_range)?;
    xml.open("Line", &[("number", &line.number.to_string())])?;
    xml.element("Reference", &line.reference)?;
    xml.element("Label", &line.label)?;
    xml.element("Quantity", &line.quantity.to_string())?;
    xml.element("UnitPrice", &line.unit_price.to_string())?;
    xml.element("LineTotal", &total.to_string())?;
    xml.element("CustomerOrderNumber", &line.customer_order_number)?;
    xml.element("OrderMission", &line.work_order)?;
    xml.element("Countermark", &line.countermark)?;
    xml.element("DeliveryAccount", &line.delivery_account)?;
    xml.element("DesiredDeliveryDate", &day(line.desired_delivery_date))?;
    xml.element("Comment", &line.comment)?;
    xml.close("Line")
}

fn day(day: Option<Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn out_of_range() -> io::Error {
    impossible("an amount beyond the range of money")
}
