import Foundation
import Senders
import WaybillCore

/// How people and systems are told. What is not set up is written into files in the embedded profile.
struct NotificationConfiguration: Sendable {
    /// Where the tracking page is found from outside, without a slash at its end.
    var publicURL: String?
    var supportEmail: String?
    /// The zone of recipients who have named none.
    var zone = "UTC"
    var outbound = OutboundRules()
    var mail: SMTPSettings?
    var sms: SMSSettings?
    var push: PushSettings?
}

extension ConfigurationReader {
    mutating func notifications() -> NotificationConfiguration {
        var settings = NotificationConfiguration()
        settings.publicURL = publicURL()
        settings.supportEmail = text(.supportEmail)
        if let email = settings.supportEmail, MailAddress(email) == nil { fault(.supportEmail, "is no mail address") }
        if let zone = text(.notificationZone) {
            if TimeZone(identifier: zone) == nil { fault(.notificationZone, "is no IANA time zone") }
            settings.zone = zone
        }
        for block in (text(.outboundAllow) ?? "").split(separator: ",") {
            let text = block.trimmingCharacters(in: .whitespaces)
            if let block = AddressBlock(text) {
                settings.outbound.permitted.append(block)
            } else {
                fault(.outboundAllow, "must be address blocks such as 10.1.0.0/16, separated by commas")
            }
        }
        if let host = settings.publicURL.flatMap({ OutboundURL($0)?.host }) { settings.outbound.ownHosts = [host] }
        settings.mail = mail()
        settings.sms = sms()
        settings.push = push()
        return settings
    }

    private mutating func publicURL() -> String? {
        guard let text = text(.publicURL) else { return nil }
        if OutboundURL(text) == nil { fault(.publicURL, "must be like https://track.example.com") }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private mutating func mail() -> SMTPSettings? {
        guard let uri = secret(.mailServer) else { return nil }
        guard let from = text(.mailFrom).flatMap({ MailAddress($0) }) else {
            fault(.mailFrom, "is needed with mail-server: the address that mails come from")
            return nil
        }
        guard let settings = SMTPSettings(uri: uri, from: from) else {
            fault(.mailServer, "must be smtps://user:password@host:465 or smtp://user:password@host:587")
            return nil
        }
        return settings
    }

    private mutating func sms() -> SMSSettings? {
        guard let uri = secret(.smsProvider) else { return nil }
        guard let from = text(.smsFrom) else {
            fault(.smsFrom, "is needed with sms-provider: the number or name that messages come from")
            return nil
        }
        guard let settings = SMSSettings(uri: uri, from: from) else {
            fault(
                .smsProvider,
                "must be twilio://ACCOUNT:TOKEN@api.twilio.com, or https+whsec_...://host/path for one of your own"
            )
            return nil
        }
        return settings
    }

    private mutating func push() -> PushSettings? {
        guard let key = secret(.pushKey) else { return nil }
        guard let settings = PushSettings(key: key, subject: text(.pushSubject) ?? "") else {
            fault(
                .pushKey, "must be a VAPID private key (base64url, 32 bytes), with push-subject a mailto: or https: URL"
            )
            return nil
        }
        return settings
    }
}
