import WaybillCore

/// Free text as people and scanners write it, in several languages and scripts.
enum Wording {
    static let notes = [
        "Customer calls: please ring twice, the bell is faint.",
        "Kunde wünscht Zustellung nach 17 Uhr.",
        "Le gardien accepte les colis jusqu'à 19 h.",
        "Merchant asks for priority: replacement for a damaged parcel.",
        "Świąteczna paczka 🎁 — proszę ostrożnie.",
        "Recipient says that it never arrived; asked the carrier.",
    ]

    /// Which of the notes goes with a delivery that did not happen.
    static let neverArrived = 5

    /// What the source adds to a reason, in the recipient's language where the courier speaks it.
    static func detail(_ reason: Reason, in country: Country) -> String? {
        switch (reason, country.code) {
        case (.notHome, "DE"), (.notHome, "AT"): "Empfänger nicht angetroffen, Karte hinterlassen"
        case (.notHome, "FR"): "Destinataire absent, avis de passage déposé"
        case (.notHome, "PL"): "Nie zastano odbiorcy"
        case (.notHome, _): "Nobody home, card left"
        case (.accessRestricted, _): "No access to the building"
        case (.businessClosed, _): "Business closed"
        case (.weather, _): "Hub closed by a storm"
        case (.vehicleBreakdown, _): "Vehicle broke down"
        case (.dutiesUnpaid, _): "Waiting for duties and VAT"
        case (.documentsMissing, _): "Commercial invoice missing"
        case (.lost, _): "Search without result"
        default: nil
        }
    }
}
