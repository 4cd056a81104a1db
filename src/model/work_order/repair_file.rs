//! The repair file that an accepted work order begins: everything that it says, in the members of the platform.

use super::{WorkOrder, WorkOrderConsumer, WorkOrderReseller};
use crate::model::{CompleteRepairState, Consumer, Intervention, RepairPart, Reseller};

fn filled(text: &str) -> Option<String> {
    Some(text).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

/// A number that the other member has room for.
fn fitting<S, T: TryFrom<S>>(number: Option<S>) -> Option<T> {
    number.and_then(|number| T::try_from(number).ok())
}

impl WorkOrder {
    /// Its repair file: nothing is done yet, and what only the service centre knows is missing.
    pub fn repair_file(&self) -> CompleteRepairState {
        let content = self.content();
        let (appliance, symptom) = (&content.appliance, &content.symptom);
        let parts = content.parts.iter().map(|part| RepairPart {
            reference: filled(&part.reference),
            quantity: fitting(part.quantity),
            note: filled(&part.comment),
            ..RepairPart::default()
        });
        CompleteRepairState {
            manufacturer_id: Some(self.manufacturer()),
            intervention_id: content.repair_file,
            order_mission: filled(&content.number),
            brand: filled(&appliance.brand),
            family: filled(&appliance.family),
            commercial_ref: filled(&appliance.commercial_reference),
            technical_ref: filled(&appliance.technical_reference),
            serial_number: filled(&appliance.serial_number),
            purchase_date: appliance.purchased,
            gc_plus_contract: filled(&appliance.warranty_contract),
            consumer: consumer(&content.consumer),
            reseller: reseller(&content.reseller),
            intervention: Intervention {
                intervention_type: fitting(content.intervention.id),
                failure_description: filled(&symptom.description),
                iris_condition: filled(&symptom.condition),
                iris_condition_extended: filled(&symptom.extended_condition),
                iris_symptom: filled(&symptom.symptom),
                ..Intervention::default()
            },
            parts: parts.collect(),
            ..CompleteRepairState::default()
        }
    }
}

fn consumer(of: &WorkOrderConsumer) -> Consumer {
    let [address1, address2, address3] = of.address.each_ref().map(|line| filled(line));
    Consumer {
        // A title in words is none of the numbers that repair files have.
        title: of.title.parse().ok(),
        last_name: filled(&of.last_name),
        first_name: filled(&of.first_name),
        address1,
        address2,
        address3,
        zip: filled(&of.zip),
        town: filled(&of.town),
        state: filled(&of.state),
        country: fitting(of.country),
        phone: filled(&of.phone),
        sms_code: filled(&of.mobile),
        email: filled(&of.email),
        remarks: filled(&of.remarks),
        ..Consumer::default()
    }
}

fn reseller(of: &WorkOrderReseller) -> Option<Reseller> {
    let [address1, address2, address3] = of.address.each_ref().map(|line| filled(line));
    let reseller = Reseller {
        name: filled(&of.name),
        phone: filled(&of.phone),
        address1,
        address2,
        address3,
        zip: filled(&of.zip),
        town: filled(&of.town),
        country: fitting(of.country),
        ..Reseller::default()
    };
    (reseller != Reseller::default()).then_some(reseller)
}
