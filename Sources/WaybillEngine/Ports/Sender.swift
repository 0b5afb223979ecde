import WaybillCore

/// A message on its way to one address.
package struct Envelope: Sendable {
    package enum Address: Sendable {
        case email(String, name: String?)
        case phone(String)
        /// A browser's subscription.
        case push(JSONFragment)
        case chat(url: String)
        case webhook(url: String, secrets: [Secret])
    }

    /// Stable over retries.
    package var id: String
    package var merchant: MerchantID
    package var address: Address
    package var content: RenderedMessage
    /// When this attempt is made.
    package var at: Timestamp

    package init(id: String, merchant: MerchantID, address: Address, content: RenderedMessage, at: Timestamp) {
        self.id = id
        self.merchant = merchant
        self.address = address
        self.content = content
        self.at = at
    }
}

/// What a message says on its channel. A webhook's body is its `text`.
package struct RenderedMessage: Hashable, Sendable {
    package var subject: String
    package var text: String
    package var html: String?
    /// The language it came out in.
    package var language: String

    package init(subject: String, text: String, html: String?, language: String) {
        self.subject = subject
        self.text = text
        self.html = html
        self.language = language
    }
}

/// How one try ended.
package struct SendOutcome: Hashable, Sendable {
    package enum Result: String, CaseIterable, Sendable {
        case sent
        case http3xx = "http_3xx"
        case http4xx = "http_4xx"
        case http5xx = "http_5xx"
        case throttled, timeout, connect, tls
        /// The outbound filter refused the address.
        case blocked
        /// The receiver wants no more of anything: 410.
        case gone
        /// The provider refuses this recipient for good: STOP, a hard bounce.
        case recipientRefused = "recipient_refused"
        /// The message cannot be sent as it is, however often.
        case rejected
        /// The provider has a problem that passes.
        case unavailable
    }

    package var result: Result
    /// Shown to the merchant; never a secret or an address.
    package var detail: String
    /// In seconds.
    package var retryAfter: Int64?

    package init(_ result: Result, _ detail: String = "", retryAfter: Int64? = nil) {
        self.result = result
        self.detail = detail
        self.retryAfter = retryAfter
    }

    /// Whether trying again may help.
    package var isRetriable: Bool {
        switch result {
        case .sent, .gone, .recipientRefused, .rejected: false
        default: true
        }
    }
}

/// Carries messages of one channel to where they are received. Bounded in time by itself.
package protocol Sender: Sendable {
    func send(_ envelope: Envelope) async -> SendOutcome
}

/// What a template is filled with.
package struct RenderRequest: Sendable {
    package var channel: Channel
    package var template: String
    /// BCP 47; other languages are fallen back to.
    package var language: String?
    /// The message's payload: `{type, timestamp, data}`.
    package var payload: JSONFragment
    package var recipientName: String?
    /// The merchant's own templates, by id.
    package var own: [NotificationSetting]
    package var trackingURL: String?

    package init(
        channel: Channel, template: String, language: String?, payload: JSONFragment, recipientName: String?,
        own: [NotificationSetting], trackingURL: String?
    ) {
        self.channel = channel
        self.template = template
        self.language = language
        self.payload = payload
        self.recipientName = recipientName
        self.own = own
        self.trackingURL = trackingURL
    }
}

/// What is wrong with a template, for the person who wrote it.
package struct TemplateFault: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String
    package init(_ description: String) { self.description = description }
}

/// Turns a template and what happened into a message.
package protocol Renderer: Sendable {
    func render(_ request: RenderRequest) throws(TemplateFault) -> RenderedMessage

    /// What is wrong with a merchant's template, a JSON object; nil when it can be used.
    func fault(inTemplate data: JSONFragment) -> TemplateFault?
}

/// Judges where the platform may connect to.
package protocol OutboundFilter: Sendable {
    /// Why a webhook's address is refused when somebody sets it, or nil.
    func fault(inURL url: String) -> String?
}
