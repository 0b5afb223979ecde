import EmbeddedStorage
import Foundation
import HTTPAPI
import Senders
import ServiceLifecycle
import WaybillCore
import WaybillEngine

/// The pieces of notifications that both profiles share: what decides, what sends, and what the API asks.
struct NotificationParts: Sendable {
    let updated = Signal()
    let due = Signal()
    private let process: Process
    private let standard: [NotificationRule]
    private let renderer = MustacheRenderer()
    private let senders: [Channel: any Sender]

    /// - Parameter outbox: a folder for messages of channels that are not set up; nil where those are refused.
    init(_ process: Process, outbox: String?) {
        self.process = process
        let settings = process.configuration.notifications
        let client = OutboundClient(rules: settings.outbound, resolver: SystemResolver())
        standard = NotificationRule.standard(support: settings.supportEmail)
        var senders: [Channel: any Sender] = [
            .webhook: WebhookSender(client: client), .chat: ChatSender(client: client),
        ]
        let file = outbox.map { FileSender(folder: $0) }
        senders[.email] = settings.mail.map { SMTPSender($0) } ?? file
        senders[.sms] = settings.sms.map { SMSSender($0, rules: settings.outbound) } ?? file
        senders[.push] = settings.push.map { PushSender($0, client: client) } ?? file
        self.senders = senders
    }

    /// Decides and delivers, over one store; the deliverer stops last.
    /// - Parameter recent: answers for updates that this process has just made; nil where others make them.
    func services<Store: TrackingStore & ReadStore & MessageStore & PersonalStore>(
        _ store: Store, recent: RecentUpdates? = nil, partitions: Int, patience: Duration
    ) -> [any Service] {
        var settings = DecisionSettings()
        settings.zone = process.configuration.notifications.zone
        let decisions = NotificationDecisions(
            deciding: Deciding(zones: SystemZones()), standard: standard, settings: settings)
        let notifying = Notifying(
            store: store, source: recent ?? FeedReader(store: store), partitions: partitions, decisions: decisions,
            wakeUp: updated, due: due, time: process.time, observer: process.telemetry, patience: patience)
        let links = process.configuration.notifications.publicURL.map {
            TrackingLinks(base: $0, personal: store, newToken: { SystemTokens().token() })
        }
        let dispatch = MessageDispatch(senders: senders, renderer: renderer, standard: standard, time: process.time)
        let delivering = Delivering(
            store: store, dispatch: dispatch, links: links, tokens: LeaseTokens(seed: SystemTokens.seed()), wakeUp: due,
            time: process.time, observer: process.telemetry)
        return [process.loop(delivering), process.loop(notifying)]
    }

    func api(_ store: any MessageStore & NotificationSettingsStore) -> NotificationServices {
        NotificationServices(
            messages: store, settings: store, renderer: renderer,
            filter: OutboundURLFilter(rules: process.configuration.notifications.outbound), secrets: SystemSecrets(),
            standardRules: standard, due: due)
    }
}

/// The zones of the system's tz database.
struct SystemZones: ZoneRules {
    func offsetSeconds(zone: String, at instant: Timestamp) -> Int? {
        TimeZone(identifier: zone)?.secondsFromGMT(
            for: Date(timeIntervalSince1970: Double(instant.microseconds) / 1_000_000))
    }
}

/// Signing secrets from the system's generator.
struct SystemSecrets: SecretSource {
    private func bytes() -> Data {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    func symmetric() -> Secret { Secret("whsec_" + bytes().base64EncodedString()) }
    func asymmetric() -> Secret { Secret("whsk_" + bytes().base64EncodedString()) }
    func publicKey(of secret: Secret) -> String? { WebhookSignature.publicKey(of: secret) }
}

/// Rings whenever updates were committed in this process.
struct UpdateBell: Service {
    let feed: LiveFeed
    let signal: Signal

    func run() async throws {
        let committed = feed.commitSignal()
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await committed.wait()
                signal.fire()
            }
        }
        feed.giveBack(committed)
    }
}
