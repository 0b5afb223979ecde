import WaybillCore

/// One piece of a merchant's own settings: an endpoint, a rule or a template, as JSON.
package struct NotificationSetting: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable { case endpoint, rule, template }

    package var merchant: MerchantID
    package var kind: Kind
    package var id: String
    package var data: JSONFragment
    package var updatedAt: Timestamp

    package init(merchant: MerchantID, kind: Kind, id: String, data: JSONFragment, updatedAt: Timestamp) {
        self.merchant = merchant
        self.kind = kind
        self.id = id
        self.data = data
        self.updatedAt = updatedAt
    }
}

/// What merchants set, and what recipients say of themselves.
package protocol NotificationSettingsStore: Sendable {
    /// Of one kind, in byte order of their ids.
    func settings(_ kind: NotificationSetting.Kind, of merchant: MerchantID)
        async throws(StorageError) -> [NotificationSetting]

    /// Replaces one of the same merchant, kind and id. False when it is a new one and there are `most` already.
    func save(_ setting: NotificationSetting, most: Int) async throws(StorageError) -> Bool

    /// Whether it was there.
    func delete(_ kind: NotificationSetting.Kind, _ id: String, of merchant: MerchantID)
        async throws(StorageError) -> Bool

    /// What is stored of one recipient.
    func recipient(_ mark: RecipientMark) async throws(StorageError) -> JSONFragment?

    /// Forgets that providers refused the recipient: they have agreed again.
    func clearRefusals(_ mark: RecipientMark) async throws(StorageError)
}
