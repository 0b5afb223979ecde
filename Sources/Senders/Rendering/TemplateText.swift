/// The texts of one occasion in one language, as Mustache.
package struct TemplateText: Hashable, Sendable {
    package var subject: String
    package var text: String
    package var html: String?
    /// For channels that carry a few words.
    package var short: String
}

/// What the platform ships: the words of each occasion in five languages.
struct ShippedLanguage: Sendable {
    /// BCP 47.
    var code: String
    /// `{{name}}` may be absent.
    var greeting: String
    var trackingLabel: String
    var orderLabel: String
    /// Subject and sentence of each occasion.
    var occasions: [String: (subject: String, sentence: String)]

    func text(_ occasion: String) -> TemplateText? {
        guard let words = occasions[occasion] else { return nil }
        let plain = """
            \(greeting)

            \(words.sentence)
            {{#order_reference}}
            \(orderLabel): {{order_reference}}
            {{/order_reference}}
            {{#tracking_url}}
            \(trackingLabel): {{tracking_url}}
            {{/tracking_url}}
            """
        let html = """
            <!doctype html><html lang="\(code)"><body>
            <p>\(greeting)</p>
            <p>\(words.sentence)</p>
            {{#order_reference}}<p>\(orderLabel): {{order_reference}}</p>{{/order_reference}}
            {{#tracking_url}}<p><a href="{{tracking_url}}">\(trackingLabel)</a></p>{{/tracking_url}}
            </body></html>
            """
        return TemplateText(
            subject: words.subject, text: plain, html: html,
            short: words.sentence + "{{#tracking_url}} {{tracking_url}}{{/tracking_url}}")
    }

    static let all = [english, german, french, spanish, portuguese]
}
