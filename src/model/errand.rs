//! What a file that is dropped into a folder is there for.

use super::words;

words! {
    /// What a file is there for.
    Errand {
        /// Lines for the baskets, or the corrected report of an order file.
        Order = "ORDER",
        /// Claims or repair files, or the corrected report of a deposit.
        Deposit = "DEPOSIT",
        /// Work orders that were sent.
        WorkOrder = "WORK_ORDER",
        /// What manufacturers answer to orders.
        OrderResponse = "ORDER_RESPONSE",
        /// What manufacturers answer to claims.
        ClaimAnswer = "CLAIM_ANSWER",
        /// The claims that a manufacturer approves for a month.
        DraftInvoice = "DRAFT_INVOICE",
        /// The parts; only where a folder says so, because it takes the place of what was there.
        Catalogue = "CATALOGUE",
    }
}
