//! Orders as an Agora order file, version 1 (`docs/agora-order.md`): what its three forms have in common.
//!
//! What enters: a header and orders. What leaves: records by the names and in the order of the format, each form writes them
//! its own way. A line of more than 9999 becomes several; free text that is too long is cut.
//! What is refused: any other text that is too long, an address without what it must have, a line of nothing, two orders
//! with the same number for one manufacturer.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};

use super::{OrderForm, agora_json, agora_text, agora_xml, impossible};
use crate::model::{Address, AgoraHeader, Day, OrderDocument, OrderDocumentLine};

/// The version that is written.
pub(super) const VERSION: &str = "1";

/// The most that a line may order.
const MOST: u64 = 9999;

/// Characters of free text.
const FREE: usize = 255;

/// A field: its name in XML and JSON, and what it holds.
pub(super) type Field<'d> = (&'static str, Cow<'d, str>);

/// The record of an order, and that of its address.
pub(super) struct Head<'d> {
    pub(super) order: Vec<Field<'d>>,
    pub(super) address: Option<Vec<Field<'d>>>,
}

/// A form of the file. Everything comes in the order of the text form.
pub(super) trait Form {
    fn begin(&mut self, header: &[Field<'_>]) -> io::Result<()>;
    fn heads(&mut self, heads: &[Head<'_>]) -> io::Result<()>;
    fn line(&mut self, fields: &[Field<'_>]) -> io::Result<()>;
    fn end(&mut self, trailer: &[Field<'_>]) -> io::Result<()>;
}

/// The header of a file for one order.
pub(super) fn header(document: &OrderDocument) -> AgoraHeader {
    AgoraHeader {
        version: VERSION.to_owned(),
        file_reference: document.number.clone(),
        created_at: document.created_at,
        customer_code: document.customer_code.clone(),
        currency: document.currency.clone(),
        comment: String::new(),
    }
}

/// Writes orders as one Agora order file. Its version is the one that is written here, whatever the header says.
pub fn write_agora(
    header: &AgoraHeader,
    documents: &[OrderDocument],
    form: OrderForm,
    out: &mut dyn Write,
) -> io::Result<()> {
    match form {
        OrderForm::AgoraText => put(header, documents, &mut agora_text::Writer::new(out)),
        OrderForm::AgoraXml => put(header, documents, &mut agora_xml::Writer::begin(out)?),
        OrderForm::AgoraJson => put(header, documents, &mut agora_json::Writer::new(out)),
        OrderForm::Csv | OrderForm::Xlsx | OrderForm::Xml | OrderForm::Json => {
            Err(impossible("this form is no Agora order file"))
        }
    }
}

fn put(header: &AgoraHeader, documents: &[OrderDocument], form: &mut dyn Form) -> io::Result<()> {
    form.begin(&[
        must("FileReference", &header.file_reference, 35)?,
        ("CreatedAt", header.created_at.to_string().into()),
        fit("CustomerCode", &header.customer_code, 20)?,
        fit("Currency", &header.currency, 3)?,
        free("Comment", &header.comment),
    ])?;
    let mut seen = BTreeSet::new();
    let mut heads = Vec::with_capacity(documents.len());
    for document in documents {
        if !seen.insert((number(document), document.manufacturer)) {
            return Err(impossible("two orders with the same number for one manufacturer"));
        }
        heads.push(head(document)?);
    }
    form.heads(&heads)?;
    let (mut count, mut total) = (0_u64, 0_u64);
    for document in documents {
        for line in &document.lines {
            if line.quantity == 0 {
                return Err(impossible("a line that orders nothing"));
            }
            let mut left = line.quantity;
            while left > 0 {
                let quantity = left.min(MOST);
                left -= quantity;
                count += 1;
                form.line(&fields(document, line, count, quantity)?)?;
            }
            total = total.saturating_add(line.quantity);
        }
    }
    form.end(&[("LineCount", count.to_string().into()), ("QuantityTotal", total.to_string().into())])
}

/// The number under which the customer knows the order: ours, where the customer has none.
fn number(document: &OrderDocument) -> &str {
    let own = document.customer_order_number.trim();
    if own.is_empty() { document.number.trim() } else { own }
}

fn day(day: Option<Day>) -> Cow<'static, str> {
    day.map(|day| day.to_string()).unwrap_or_default().into()
}

/// A text that must not be cut, since somebody goes by it.
fn fit<'d>(name: &'static str, text: &'d str, most: usize) -> io::Result<Field<'d>> {
    let text = text.trim();
    if text.chars().count() > most {
        return Err(impossible(&format!("{name} has more than {most} characters")));
    }
    Ok((name, text.into()))
}

/// The same, which must be there.
fn must<'d>(name: &'static str, text: &'d str, most: usize) -> io::Result<Field<'d>> {
    if text.trim().is_empty() { Err(impossible(&format!("{name} is empty"))) } else { fit(name, text, most) }
}

/// Free text, cut where it is too long.
fn free<'d>(name: &'static str, text: &'d str) -> Field<'d> {
    let text = text.trim();
    let end = text.char_indices().nth(FREE).map_or(text.len(), |(end, _)| end);
    (name, text[..end].trim_end().into())
}

fn head(document: &OrderDocument) -> io::Result<Head<'_>> {
    let order = vec![
        must("CustomerOrderNumber", number(document), 35)?,
        ("Manufacturer", document.manufacturer.to_string().into()),
        fit("DeliveryAccount", &document.delivery_account, 20)?,
        fit("DeliveryOption", &document.delivery_option, 20)?,
        ("DesiredDeliveryDate", day(document.desired_delivery_date)),
        free("Comment", &document.comment),
    ];
    Ok(Head { order, address: document.address.as_ref().map(address).transpose()? })
}

fn address(address: &Address) -> io::Result<Vec<Field<'_>>> {
    Ok(vec![
        must("Name", &address.name, 80)?,
        must("Address1", &address.address1, 80)?,
        fit("Address2", &address.address2, 80)?,
        fit("Address3", &address.address3, 80)?,
        must("Zip", &address.zip, 20)?,
        must("Town", &address.town, 80)?,
        must("Country", &address.country, 3)?,
        fit("Phone", &address.phone, 35)?,
    ])
}

fn fields<'d>(
    order: &'d OrderDocument,
    line: &'d OrderDocumentLine,
    place: u64,
    quantity: u64,
) -> io::Result<Vec<Field<'d>>> {
    let own = line.customer_order_number.trim();
    let is_own = !own.is_empty() && own != number(order);
    // The head of the order says nothing of a line that goes by another number.
    let account = if is_own && line.delivery_account.trim().is_empty() {
        &order.delivery_account
    } else {
        &line.delivery_account
    };
    let date = line.desired_delivery_date.or(order.desired_delivery_date.filter(|_| is_own));
    Ok(vec![
        ("Number", place.to_string().into()),
        ("Manufacturer", order.manufacturer.to_string().into()),
        must("Reference", &line.reference, 40)?,
        ("Quantity", quantity.to_string().into()),
        fit("CustomerOrderNumber", if is_own { own } else { number(order) }, 35)?,
        fit("OrderMission", &line.work_order, 35)?,
        fit("Countermark", &line.countermark, 35)?,
        free("Comment", &line.comment),
        fit("DeliveryAccount", account, 20)?,
        ("DesiredDeliveryDate", day(date)),
        free("Label", &line.label),
    ])
}
