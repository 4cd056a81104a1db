//! The document of an order: what its manufacturer is handed.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::diagnostic::Result;
use crate::export::{self, Profile, write_order};
use crate::format::{Account, OrderFileProfile, OrderForm, Registry};
use crate::ledger::{OrderEntry, OrderLineEntry};
use crate::model::{OrderDocument, OrderDocumentLine};
use crate::pipeline::write_file;

/// The document of an order.
pub fn document(order: &OrderEntry, lines: &[OrderLineEntry], registry: &Registry, account: &Account) -> OrderDocument {
    let terms = &order.terms;
    let has_one = |value: fn(&OrderLineEntry) -> &str| lines.windows(2).all(|pair| value(&pair[0]) == value(&pair[1]));
    // What all lines agree in, the order says for them, be it that somebody changed it there.
    let has_one_account = has_one(|line| &line.delivery_account) && !terms.delivery_account.is_empty();
    let has_one_number = has_one(|line| &line.customer_order_number) && !terms.customer_order_number.is_empty();
    let has_one_day = lines.windows(2).all(|pair| pair[0].desired_delivery_date == pair[1].desired_delivery_date)
        && terms.desired_delivery_date.is_some();
    let own = |is_shared: bool, of_order: &str, of_line: &str| {
        if is_shared || of_line == of_order { String::new() } else { of_line.to_owned() }
    };
    OrderDocument {
        number: order.number.clone(),
        manufacturer: order.manufacturer,
        manufacturer_name: registry.manufacturer_name(order.manufacturer).unwrap_or_default().to_owned(),
        created_at: order.sent_at.unwrap_or(order.created_at),
        customer_code: account.code.clone(),
        customer_order_number: terms.customer_order_number.clone(),
        delivery_account: terms.delivery_account.clone(),
        delivery_option: terms.delivery_option.clone(),
        desired_delivery_date: terms.desired_delivery_date,
        comment: terms.comment.clone(),
        address: terms.address.clone(),
        currency: order.currency.clone(),
        lines: lines
            .iter()
            .map(|line| OrderDocumentLine {
                number: line.number,
                reference: line.reference.clone(),
                label: line.label.clone(),
                quantity: line.progress.ordered,
                unit_price: line.unit_price,
                customer_order_number: own(has_one_number, &terms.customer_order_number, &line.customer_order_number),
                work_order: line.work_order.clone(),
                countermark: line.countermark.clone(),
                desired_delivery_date: line
                    .desired_delivery_date
                    .filter(|day| !has_one_day && Some(*day) != terms.desired_delivery_date),
                delivery_account: own(has_one_account, &terms.delivery_account, &line.delivery_account),
                comment: line.comment.clone(),
            })
            .collect(),
    }
}

/// Writes a document in a form.
pub fn write_document(
    document: &OrderDocument,
    form: OrderForm,
    profile: OrderFileProfile,
    out: &mut dyn Write,
) -> io::Result<()> {
    let profile = match profile {
        OrderFileProfile::Machine => Profile::Machine,
        OrderFileProfile::ExcelFr => Profile::ExcelFr,
    };
    write_order(document, writer(form), profile, out)
}

/// Writes a document as a file.
pub(super) fn write_to(
    path: &Path,
    sync: bool,
    document: &OrderDocument,
    form: OrderForm,
    profile: OrderFileProfile,
) -> Result<()> {
    write_file(path, sync, |file| {
        let mut out = BufWriter::with_capacity(1 << 16, file);
        write_document(document, form, profile, &mut out)?;
        out.flush()
    })
}

/// What the name of a document ends in.
pub(super) fn extension(form: OrderForm) -> &'static str {
    writer(form).extension()
}

/// What writes a form that formats name.
const fn writer(form: OrderForm) -> export::OrderForm {
    match form {
        OrderForm::Csv => export::OrderForm::Csv,
        OrderForm::Xlsx => export::OrderForm::Xlsx,
        OrderForm::Xml => export::OrderForm::Xml,
        OrderForm::Json => export::OrderForm::Json,
        OrderForm::Agora => export::OrderForm::AgoraText,
        OrderForm::AgoraXml => export::OrderForm::AgoraXml,
        OrderForm::AgoraJson => export::OrderForm::AgoraJson,
    }
}
