import Senders
import Testing
import WaybillCore
import WaybillEngine

/// Templates say what they should in five languages, and run nothing.
@Suite struct TemplateTests {
    private let renderer = MustacheRenderer()

    private func request(
        _ template: String, _ channel: Channel = .email, language: String? = nil, name: String? = nil,
        tracking: String = "RH1", own: [NotificationSetting] = []
    ) -> RenderRequest {
        var json = JSONWriter()
        json.object { json in
            json.key("data")
            json.object { json in
                json.member("delivery_id", "D-1")
                json.member("occasion", template)
                json.member("status", "in_transit")
                json.key("event")
                json.object { $0.member("reason", "not_home") }
                json.key("delivery")
                json.object { json in
                    json.member("tracking_number", tracking)
                    json.member("carrier", "rhein")
                    json.member("order_reference", tracking)
                }
            }
        }
        return RenderRequest(
            channel: channel, template: template, language: language, payload: JSONFragment(trusted: json.text),
            recipientName: name, own: own, trackingURL: "https://track.example.com/t/abc")
    }

    private static func own(_ id: String, _ data: String) -> NotificationSetting {
        NotificationSetting(
            merchant: .default, kind: .template, id: id, data: JSONFragment(trusted: data),
            updatedAt: Timestamp(seconds: 0))
    }

    @Test func everyOccasionIsThereInEveryLanguage() throws {
        #expect(MustacheRenderer.languages == ["en", "de", "fr", "es", "pt"])
        for language in MustacheRenderer.languages {
            for milestone in Milestone.allCases {
                let message = try renderer.render(request(milestone.rawValue, language: language))
                #expect(message.language == language, "\(milestone)")
                #expect(message.text.contains("RH1") && message.html?.contains("RH1") == true)
                #expect(!message.text.contains("{{") && !message.subject.contains("{{"))
                let short = try renderer.render(request(milestone.rawValue, .sms, language: language))
                #expect(SMSSegments(short.text).segments <= 3, "\(short.text)")
            }
        }
    }

    @Test func languagesFallBack() throws {
        #expect(try renderer.render(request("delivered", language: "pt-BR")).language == "pt")
        #expect(try renderer.render(request("delivered", language: "sv")).language == "en")
        #expect(try renderer.render(request("support", language: "fr")).language == "en")
        #expect(throws: TemplateFault.self) { try renderer.render(request("nonsense")) }
    }

    @Test func aMerchantsOwnComesFirst() throws {
        let own = Self.own("delivered.de", #"{"subject":"S {{name}}","text":"T {{name}}","html":"<b>{{name}}</b>"}"#)
        let message = try renderer.render(request("delivered", language: "de-AT", name: "A<b>", own: [own]))
        #expect(message.subject == "S A<b>" && message.text == "T A<b>" && message.html == "<b>A&lt;b&gt;</b>")
    }

    /// A quote and a mark above it are one character to Swift, and two to a browser.
    @Test(arguments: ["\u{0301}", "\u{0338}", "\u{20DD}", "\u{FE0F}", "\u{200D}"])
    func combiningMarksHideNothing(_ mark: String) throws {
        let own = Self.own("delivered.en", #"{"subject":"s","text":"t","html":"<i title=\"{{name}}\">"}"#)
        let message = try renderer.render(
            request("delivered", name: "x\"\(mark) onload=alert(1) y='\(mark)<\(mark)>", own: [own]))
        let scalars = try #require(message.html).unicodeScalars
        #expect(scalars.filter { $0 == "\"" }.count == 2 && !scalars.contains("'"))
        #expect(scalars.filter { $0 == "<" }.count == 1 && scalars.filter { $0 == ">" }.count == 1)
    }

    @Test func valuesNeverBecomeMarkup() throws {
        let attacks = [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
            "</title><svg onload=x>",
            "{{name}}", "{{{name}}}", "{{#name}}x{{/name}}", "{{> etc}}", "&lt;script&gt;", "javascript:alert(1)",
            "\u{202E}x", "\r\nx: y",
        ]
        for attack in attacks {
            for milestone in Milestone.allCases {
                for language in MustacheRenderer.languages {
                    let html =
                        try renderer.render(
                            request(milestone.rawValue, language: language, name: attack, tracking: attack)
                        ).html ?? ""
                    for mark in ["<script", "<img", "<svg", "onmouseover='", "\u{202E}", "\r\nx"] {
                        #expect(!html.contains(mark), "\(attack) in \(milestone)")
                    }
                    #expect(!html.contains("href=\"javascript"))
                }
            }
        }
    }

    @Test(arguments: [
        "{{{name}}}", "{{& name}}", "{{&name}}", "{{> file}}", "{{>/etc/passwd}}", "{{< parent}}{{/parent}}",
        "{{$block}}{{/block}}",
        "{{=<% %>=}}", "{{% CONTENT_TYPE:TEXT}}", "{{*dynamic}}", "{{>*dynamic}}", "{{#open}}", "{{/close}}", "{{",
        "{{name", "{{ { name } }}",
    ])
    func whatReachesOutIsRefused(_ source: String) throws {
        var json = JSONWriter()
        json.object { json in
            json.member("subject", "s")
            json.member("text", source)
        }
        #expect(renderer.fault(inTemplate: JSONFragment(trusted: json.text)) != nil)
    }

    @Test func templatesAreBounded() {
        func fault(_ text: String) -> TemplateFault? {
            var json = JSONWriter()
            json.object { json in
                json.member("subject", "s")
                json.member("text", text)
            }
            return renderer.fault(inTemplate: JSONFragment(trusted: json.text))
        }
        #expect(fault(String(repeating: "a", count: Limits.templateBytes)) == nil)
        #expect(fault(String(repeating: "a", count: Limits.templateBytes + 1)) != nil)
        #expect(fault(String(repeating: "{{#a}}", count: 40) + String(repeating: "{{/a}}", count: 40)) != nil)
        #expect(renderer.fault(inTemplate: JSONFragment(trusted: #"{"subject":"s"}"#)) != nil)
        #expect(renderer.fault(inTemplate: JSONFragment(trusted: #"{"subject":"s","text":1}"#)) != nil)
    }
}
