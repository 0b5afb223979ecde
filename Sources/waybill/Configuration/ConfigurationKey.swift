/// Every key of the configuration, as in the file; `docs/configuration.md` describes exactly these.
enum ConfigurationKey: String, CaseIterable {
    case profile, roles, host, port
    case adminPort = "admin-port"
    case data
    case kafka
    case kafkaProperties = "kafka-properties"
    case kafkaPrefix = "kafka-prefix"
    case database
    case apiToken = "api-token"
    case allowedHosts = "allowed-hosts"
    case instance, partitions
    case retentionDays = "retention-days"
    case historyDays = "history-days"
    case rules
    case logLevel = "log-level"
    case logFormat = "log-format"
    case publicURL = "public-url"
    case supportEmail = "support-email"
    case notificationZone = "notification-zone"
    case outboundAllow = "outbound-allow"
    case mailServer = "mail-server"
    case mailFrom = "mail-from"
    case smsProvider = "sms-provider"
    case smsFrom = "sms-from"
    case pushKey = "push-key"
    case pushSubject = "push-subject"
    case dashboard
    case brandName = "brand-name"
    case brandColour = "brand-colour"

    /// `WAYBILL_ADMIN_PORT` for `admin-port`.
    var variable: String { "WAYBILL_" + rawValue.uppercased().replacing("-", with: "_") }

    /// Secrets may also be named by a file, `..._FILE`.
    var isSecret: Bool { [.apiToken, .database, .kafkaProperties, .mailServer, .smsProvider, .pushKey].contains(self) }
}
