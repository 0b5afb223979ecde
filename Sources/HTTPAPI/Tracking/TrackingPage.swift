import WaybillCore
import WaybillEngine

/// Writes the tracking page. It is complete without a script: buttons post forms, languages are links.
struct TrackingPage {
    /// Another parcel of the same order. It has no link: a link to one parcel is no key to the others.
    struct Parcel {
        var title: String
        var state: String
        var isThis: Bool
    }

    let view: TrackingView
    let merchant: String
    let parcels: [Parcel]
    /// The customer has just told us something.
    let wasHeard: Bool
    let files: DashboardFiles?

    private var text: TrackingText { view.text }

    func html() -> HTML {
        Self.document(title: "\(view.headline) · \(merchant)", merchant, text, script: files?.trackingScript) { page in
            let version = "\(view.moments.count) \(view.headline)"
            page.raw("<main class=\"w\" data-version=\"")
            page.write(version)
            page.markup(view.isOver ? Self.piece("\" data-final=\"\">") : Self.piece("\">"))
            page.element("div", ["class": "cols"]) { page in
                page.element("div") { page in
                    hero(&page)
                    choices(&page)
                    order(&page)
                }
                page.element("div") { page in
                    timeline(&page)
                    map(&page)
                }
            }
            footer(&page)
            page.raw("</main>")
        }
    }

    // MARK: The answer

    private func hero(_ page: inout HTML) {
        let kick = view.kick
        page.element("section", ["class": "hero \(kick.style)"]) { page in
            page.element("p", ["class": "kick"], kick.text)
            page.element("h1", view.headline)
            page.element("p", ["class": "sub"]) { page in
                if let promise = view.brokenPromise {
                    page.write(text("planned") + " ")
                    page.element("s", promise)
                    page.raw(". ")
                }
                page.write(view.sentences.joined(separator: " "))
            }
            if wasHeard { page.element("p", ["class": "said", "role": "status"], text("said")) }
            steps(&page)
        }
    }

    private func steps(_ page: inout HTML) {
        page.element("ol", ["class": "steps", "aria-label": text("progress")]) { page in
            for (index, key) in ["step.ordered", "step.way", "step.driver", "step.delivered"].enumerated() {
                let isDone = index < view.step || view.step == 4
                let isNow = index == view.step && !isDone
                page.raw("<li class=\"")
                page.write(isDone ? "done" : isNow ? "now" : "todo")
                page.markup(isNow ? Self.piece("\" aria-current=\"step\">") : Self.piece("\">"))
                page.raw("<span aria-hidden=\"true\">")
                if isDone { page.raw("<svg class=\"i\" viewBox=\"0 0 16 16\"><path d=\"m3.5 8.5 3 3 6-6.5\"/></svg>") }
                page.raw("</span>")
                page.write(text(key))
                page.raw("</li>")
            }
        }
    }

    // MARK: What the customer can do

    private func choices(_ page: inout HTML) {
        if let deliveredAt = view.deliveredAt { return proof(deliveredAt, &page) }
        guard view.canBeMoved else { return }
        page.element("section", ["class": "card"]) { page in
            page.element("h2", text("home"))
            page.element("form", ["class": "acts three", "method": "post"]) { page in
                for offset in 1...2 {
                    let day = view.clock.day(view.now) + Int64(offset)
                    let name = view.dayName(view.clock.instant(day: day, hour: 12))
                    page.element(
                        "button", ["class": "btn", "name": "day", "value": "\(day)"], text("day", ["day": name]))
                }
                page.element("button", ["class": "btn", "name": "wish", "value": "neighbour"], text("neighbour"))
            }
            page.element("p", ["class": "note"], text("home.note"))
        }
    }

    private func proof(_ deliveredAt: Timestamp, _ page: inout HTML) {
        page.element("section", ["class": "card"]) { page in
            page.element("h2", text("proof"))
            page.element("dl") { page in
                if let place = view.place.flatMap({ text.ifKnown("place.\($0.rawValue)") }) {
                    page.element("dt", text("where"))
                    page.element("dd", place)
                }
                page.element("dt", text("when"))
                page.element("dd", "\(view.date(deliveredAt)), \(view.time(deliveredAt))")
            }
            if view.isMissing {
                page.element("p", ["class": "note"], text("missing.said", ["merchant": merchant]))
            } else {
                page.element("form", ["class": "acts", "method": "post"]) { page in
                    page.element("button", ["class": "btn", "name": "wish", "value": "missing"], text("missing"))
                }
                page.element("p", ["class": "note"], text("missing.note", ["merchant": merchant]))
            }
        }
    }

    private func order(_ page: inout HTML) {
        guard parcels.count > 1, let order = view.order else { return }
        page.element("section", ["class": "card parcels"]) { page in
            page.element("h2", text("order", ["order": order, "n": "\(parcels.count)"]))
            page.element("ul") { page in
                for parcel in parcels {
                    page.element("li", parcel.isThis ? ["aria-current": "true"] : ["class": "other"]) { page in
                        page.element("b", parcel.title)
                        page.element("span", parcel.state)
                    }
                }
            }
        }
    }

    // MARK: The evidence

    private func timeline(_ page: inout HTML) {
        page.element("section", ["class": "card"]) { page in
            page.element("h2", text("happened"))
            page.element("ol", ["class": "tl"]) { page in
                for (index, moment) in view.moments.enumerated() {
                    let isToday = view.clock.day(moment.at) == view.clock.day(view.now)
                    let time = view.time(moment.at)
                    page.element("li", ["class": index == 0 ? "now" : "then"]) { page in
                        page.element(
                            "time", ["datetime": moment.at.rfc3339],
                            isToday ? time : "\(shortDate(moment.at)) \(time)")
                        page.element("span") { page in
                            page.element("b", moment.title)
                            if let detail = moment.detail { page.element("em", detail) }
                        }
                    }
                }
            }
        }
    }

    private func shortDate(_ instant: Timestamp) -> String {
        let time = view.clock.time(instant)
        return "\(text.list("days")[time.weekday]) \(time.day)."
    }

    private func map(_ page: inout HTML) {
        let stops = view.stops
        guard let outlines = files?.outlines, let last = stops.last else { return }
        let sketch = MapView(stops.map { ($0.longitude, $0.latitude) })
        let paths = outlines.paths(sketch, served: [view.destination.country ?? ""])
        page.element("section", ["class": "card mapc"]) { page in
            page.element(
                "svg",
                [
                    "class": "map", "viewBox": "0 0 \(MapView.width) \(MapView.height)", "role": "img",
                    "aria-label": "\(text("map")): \(stops.map(\.name).joined(separator: ", "))",
                ]
            ) { page in
                page.element("rect", ["class": "sea", "width": "\(MapView.width)", "height": "\(MapView.height)"], "")
                page.element("path", ["class": "land", "d": paths.land], "")
                page.element("path", ["class": "land srv", "d": paths.served], "")
                way(stops, sketch, &page)
                let end = sketch.place(last.longitude, last.latitude)
                page.element("circle", ["class": "halo", "cx": "\(end.x)", "cy": "\(end.y)", "r": "13"], "")
                page.element("circle", ["class": "st now", "cx": "\(end.x)", "cy": "\(end.y)", "r": "6"], "")
            }
            page.element("p", ["class": "note"], text("map.note"))
        }
    }

    private func way(_ stops: [TrackingView.Stop], _ sketch: MapView, _ page: inout HTML) {
        let points = stops.map { sketch.place($0.longitude, $0.latitude) }
        let path = points.enumerated().map { "\($0.offset == 0 ? "M" : "L")\($0.element.x) \($0.element.y)" }.joined()
        page.element("path", ["class": "way", "d": path], "")
        var labels: [(x: Int, y: Int)] = []
        for (stop, at) in zip(stops, points).reversed() {
            page.element("circle", ["class": "st", "cx": "\(at.x)", "cy": "\(at.y)", "r": "4"], "")
            guard !labels.contains(where: { abs($0.x - at.x) < 70 && abs($0.y - at.y) < 14 }) else { continue }
            labels.append(at)
            let isLeft = at.x > MapView.width * 2 / 3
            page.element(
                "text",
                ["x": "\(at.x + (isLeft ? -11 : 11))", "y": "\(at.y + 4)", "text-anchor": isLeft ? "end" : "start"],
                stop.name)
        }
    }

    private func footer(_ page: inout HTML) {
        page.element("footer") { page in
            page.element("p") { page in
                let who = [view.carrier, view.trackingNumber].compactMap { $0 }.joined(separator: ", ")
                if !who.isEmpty { page.write(who + ". ") }
                page.write(text("foot", ["zone": view.clock.zone, "time": view.time(view.now)]))
            }
            page.element("p", text("private"))
        }
    }

    // MARK: The frame

    /// The same words for a link that is unknown, revoked or over.
    static func gone(_ text: TrackingText) -> HTML {
        document(title: text("gone"), nil, text, script: nil) { page in
            page.element("main", ["class": "w"]) { page in
                page.element("section", ["class": "gone"]) { page in
                    page.element("h1", text("gone"))
                    page.element("p", ["class": "sub"], text("gone.why"))
                }
            }
        }
    }

    private static func document(
        title: String, _ merchant: String?, _ text: TrackingText, script: String?, _ body: (inout HTML) -> Void
    ) -> HTML {
        var page = HTML()
        page.raw("<!doctype html>")
        page.element("html", ["lang": text.language]) { page in
            page.element("head") { page in
                page.raw(
                    "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                page.raw("<meta name=\"robots\" content=\"noindex, nofollow\">")
                page.raw("<meta name=\"referrer\" content=\"no-referrer\">")
                page.element("title", title)
                page.raw("<link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/tracking.css\">")
                if let script { page.element("script", ["type": "module", "src": script], "") }
            }
            page.element("body") { page in
                header(merchant, text, &page)
                body(&page)
            }
        }
        return page
    }

    private static func header(_ merchant: String?, _ text: TrackingText, _ page: inout HTML) {
        page.element("header", ["class": "hd"]) { page in
            page.element("div", ["class": "w"]) { page in
                page.element("span", ["class": "logo"], merchant ?? "")
                page.element("nav", ["aria-label": text("language")]) { page in
                    for language in TrackingText.languages {
                        let link: KeyValuePairs<StaticString, String> =
                            language == text.language
                            ? ["href": "?lang=\(language)", "lang": language, "aria-current": "true"]
                            : ["href": "?lang=\(language)", "lang": language]
                        page.element("a", link, language)
                    }
                }
            }
        }
    }

    private static func piece(_ markup: StaticString) -> HTML {
        var html = HTML()
        html.raw(markup)
        return html
    }
}
