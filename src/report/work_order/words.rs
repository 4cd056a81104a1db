//! What the fields of a work order are called, and in which part of a page they stand.

use crate::model::{CloseKind, DeadlineClass, WorkOrderField, WorkOrderStatus};
use crate::report::listing::Word;
use crate::report::text::{self, Text};

/// The parts of a page, with their fields in their order.
pub(super) fn sections() -> [(Text, &'static [WorkOrderField]); 6] {
    use WorkOrderField as F;
    [
        (
            text::WORK_ORDER_SECTION_ORDER,
            &[
                F::MandateId,
                F::OrderMission,
                F::Status,
                F::CloseKind,
                F::ManufacturerId,
                F::ManufacturerName,
                F::OemId,
                F::ClientCode,
                F::CreationDate,
                F::ResponseDeadline,
                F::InterventionId,
                F::InterventionTypeId,
                F::InterventionLabel,
                F::InterventionDescription,
                F::IsUnderWarranty,
                F::ManufacturerInformation,
            ],
        ),
        (
            text::WORK_ORDER_SECTION_APPLIANCE,
            &[
                F::Brand,
                F::Family,
                F::CommercialRef,
                F::TechnicalRef,
                F::SerialNumber,
                F::PurchaseDate,
                F::GcPlusContract,
            ],
        ),
        (
            text::WORK_ORDER_SECTION_SYMPTOM,
            &[F::FailureDescription, F::IrisCondition, F::IrisConditionEx, F::IrisSymptom],
        ),
        (text::WORK_ORDER_SECTION_APPOINTMENT, &[F::AppointmentDate, F::AppointmentStartTime, F::AppointmentEndTime]),
        (
            text::WORK_ORDER_SECTION_CONSUMER,
            &[
                F::ConsumerTitle,
                F::ConsumerLastName,
                F::ConsumerFirstName,
                F::ConsumerAddress1,
                F::ConsumerAddress2,
                F::ConsumerAddress3,
                F::ConsumerZip,
                F::ConsumerTown,
                F::ConsumerState,
                F::ConsumerCountry,
                F::ConsumerPhone,
                F::ConsumerMobile,
                F::ConsumerEmail,
                F::ConsumerRemarks,
            ],
        ),
        (
            text::WORK_ORDER_SECTION_RESELLER,
            &[
                F::ResellerId,
                F::ResellerCode,
                F::ResellerName,
                F::ResellerFileNumber,
                F::ResellerAddress1,
                F::ResellerAddress2,
                F::ResellerAddress3,
                F::ResellerZip,
                F::ResellerTown,
                F::ResellerCountry,
                F::ResellerPhone,
            ],
        ),
    ]
}

/// What a field is called.
pub(super) const fn label(field: WorkOrderField) -> Text {
    use WorkOrderField as F;
    match field {
        F::MandateId => text::WORK_ORDER_MANDATE_ID,
        F::OrderMission => text::WORK_ORDER_ORDER_MISSION,
        F::Status => text::WORK_ORDER_STATUS,
        F::CloseKind => text::WORK_ORDER_CLOSE_KIND,
        F::ManufacturerId => text::WORK_ORDER_MANUFACTURER_ID,
        F::ManufacturerName => text::WORK_ORDER_MANUFACTURER_NAME,
        F::OemId => text::WORK_ORDER_OEM_ID,
        F::ClientCode => text::WORK_ORDER_CLIENT_CODE,
        F::CreationDate => text::WORK_ORDER_CREATION_DATE,
        F::ResponseDeadline => text::WORK_ORDER_RESPONSE_DEADLINE,
        F::InterventionId => text::WORK_ORDER_INTERVENTION_ID,
        F::InterventionTypeId => text::WORK_ORDER_INTERVENTION_TYPE_ID,
        F::InterventionLabel => text::WORK_ORDER_INTERVENTION_LABEL,
        F::InterventionDescription => text::WORK_ORDER_INTERVENTION_DESCRIPTION,
        F::IsUnderWarranty => text::WORK_ORDER_IS_UNDER_WARRANTY,
        F::ManufacturerInformation => text::WORK_ORDER_MANUFACTURER_INFORMATION,
        F::Brand => text::WORK_ORDER_BRAND,
        F::Family => text::WORK_ORDER_FAMILY,
        F::CommercialRef => text::WORK_ORDER_COMMERCIAL_REF,
        F::TechnicalRef => text::WORK_ORDER_TECHNICAL_REF,
        F::SerialNumber => text::WORK_ORDER_SERIAL_NUMBER,
        F::PurchaseDate => text::WORK_ORDER_PURCHASE_DATE,
        F::GcPlusContract => text::WORK_ORDER_GC_PLUS_CONTRACT,
        F::FailureDescription => text::WORK_ORDER_FAILURE_DESCRIPTION,
        F::IrisCondition => text::WORK_ORDER_IRIS_CONDITION,
        F::IrisConditionEx => text::WORK_ORDER_IRIS_CONDITION_EX,
        F::IrisSymptom => text::WORK_ORDER_IRIS_SYMPTOM,
        F::AppointmentDate => text::WORK_ORDER_APPOINTMENT_DATE,
        F::AppointmentStartTime => text::WORK_ORDER_APPOINTMENT_START_TIME,
        F::AppointmentEndTime => text::WORK_ORDER_APPOINTMENT_END_TIME,
        F::ConsumerTitle => text::WORK_ORDER_CONSUMER_TITLE,
        F::ConsumerLastName => text::WORK_ORDER_CONSUMER_LAST_NAME,
        F::ConsumerFirstName => text::WORK_ORDER_CONSUMER_FIRST_NAME,
        F::ConsumerAddress1 => text::WORK_ORDER_CONSUMER_ADDRESS_1,
        F::ConsumerAddress2 => text::WORK_ORDER_CONSUMER_ADDRESS_2,
        F::ConsumerAddress3 => text::WORK_ORDER_CONSUMER_ADDRESS_3,
        F::ConsumerZip => text::WORK_ORDER_CONSUMER_ZIP,
        F::ConsumerTown => text::WORK_ORDER_CONSUMER_TOWN,
        F::ConsumerState => text::WORK_ORDER_CONSUMER_STATE,
        F::ConsumerCountry => text::WORK_ORDER_CONSUMER_COUNTRY,
        F::ConsumerPhone => text::WORK_ORDER_CONSUMER_PHONE,
        F::ConsumerMobile => text::WORK_ORDER_CONSUMER_MOBILE,
        F::ConsumerEmail => text::WORK_ORDER_CONSUMER_EMAIL,
        F::ConsumerRemarks => text::WORK_ORDER_CONSUMER_REMARKS,
        F::ResellerId => text::WORK_ORDER_RESELLER_ID,
        F::ResellerCode => text::WORK_ORDER_RESELLER_CODE,
        F::ResellerName => text::WORK_ORDER_RESELLER_NAME,
        F::ResellerFileNumber => text::WORK_ORDER_RESELLER_FILE_NUMBER,
        F::ResellerAddress1 => text::WORK_ORDER_RESELLER_ADDRESS_1,
        F::ResellerAddress2 => text::WORK_ORDER_RESELLER_ADDRESS_2,
        F::ResellerAddress3 => text::WORK_ORDER_RESELLER_ADDRESS_3,
        F::ResellerZip => text::WORK_ORDER_RESELLER_ZIP,
        F::ResellerTown => text::WORK_ORDER_RESELLER_TOWN,
        F::ResellerCountry => text::WORK_ORDER_RESELLER_COUNTRY,
        F::ResellerPhone => text::WORK_ORDER_RESELLER_PHONE,
        F::SuggestedParts => text::WORK_ORDER_SUGGESTED_PARTS,
    }
}

/// A status in words.
pub(super) const fn status(status: WorkOrderStatus) -> Text {
    match status {
        WorkOrderStatus::New => text::STATUS_NEW,
        WorkOrderStatus::Accepted => text::STATUS_ACCEPTED,
        WorkOrderStatus::Refused => text::STATUS_REFUSED,
        WorkOrderStatus::Planned => text::STATUS_PLANNED,
        WorkOrderStatus::InProgress => text::STATUS_IN_PROGRESS,
        WorkOrderStatus::Closed => text::STATUS_CLOSED,
    }
}

/// A way to close in words.
pub(super) const fn close_kind(kind: CloseKind) -> Text {
    match kind {
        CloseKind::WithClaim => text::CLOSE_WITH_CLAIM,
        CloseKind::WithoutClaim => text::CLOSE_WITHOUT_CLAIM,
    }
}

/// A status for lists.
pub const fn work_order_status_word(of: WorkOrderStatus) -> Word {
    Word { name: of.name(), text: status(of) }
}

/// A way to close for lists.
pub const fn close_kind_word(kind: CloseKind) -> Word {
    Word { name: kind.name(), text: close_kind(kind) }
}

/// How urgent an answer is, for lists; nothing when nobody has to hurry.
pub const fn deadline_word(class: DeadlineClass) -> Option<Word> {
    match class {
        DeadlineClass::None | DeadlineClass::Ok => None,
        DeadlineClass::DueSoon => Some(Word { name: class.name(), text: text::DEADLINE_DUE_SOON }),
        DeadlineClass::Overdue => Some(Word { name: class.name(), text: text::DEADLINE_OVERDUE }),
    }
}

/// A deadline in words, if there is one.
pub(super) const fn deadline(class: DeadlineClass) -> Option<Text> {
    match class {
        DeadlineClass::None => None,
        DeadlineClass::Ok => Some(text::DEADLINE_OK),
        DeadlineClass::DueSoon => Some(text::DEADLINE_DUE_SOON),
        DeadlineClass::Overdue => Some(text::DEADLINE_OVERDUE),
    }
}

/// The title of a consumer: a number of `formats/reference/titles.csv` in words.
pub(super) fn title(number: &str) -> Option<Text> {
    match number {
        "1" => Some(text::TITLE_MRS),
        "2" => Some(text::TITLE_MS),
        "3" => Some(text::TITLE_MR),
        "4" => Some(text::TITLE_COMPANY),
        _ => None,
    }
}
