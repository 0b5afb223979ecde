import WaybillCore
import WaybillEngine

/// What the calls about notifications work with.
package struct NotificationServices: Sendable {
    package var messages: any MessageStore
    package var settings: any NotificationSettingsStore
    package var renderer: any Renderer
    package var filter: any OutboundFilter
    /// New signing secrets, of 256 random bits.
    package var secrets: any SecretSource
    package var standardRules: [NotificationRule]
    /// Fired when something was made due.
    package var due: Signal

    package init(
        messages: any MessageStore, settings: any NotificationSettingsStore, renderer: any Renderer,
        filter: any OutboundFilter, secrets: any SecretSource, standardRules: [NotificationRule], due: Signal
    ) {
        self.messages = messages
        self.settings = settings
        self.renderer = renderer
        self.filter = filter
        self.secrets = secrets
        self.standardRules = standardRules
        self.due = due
    }
}

/// Keys that sign webhooks.
package protocol SecretSource: Sendable {
    /// `whsec_...`
    func symmetric() -> Secret
    /// `whsk_...`, ed25519.
    func asymmetric() -> Secret
    /// `whpk_...` of an asymmetric secret; nil for another.
    func publicKey(of secret: Secret) -> String?
}
