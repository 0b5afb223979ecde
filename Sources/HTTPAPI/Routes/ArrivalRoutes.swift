import Hummingbird
import WaybillCore
import WaybillEngine

extension APIRoutes {
    /// What each source says of the arrival, side by side: the carrier, the planner, and the platform's own history.
    @Sendable func getArrival(_ request: Request, _ context: APIContext) async throws -> Response {
        let key = try context.deliveryKey()
        let snapshot = try await services.reads.delivery(key)
        guard let delivery = snapshot.value else { throw Self.unknown(key) }
        let now = services.time.now()
        let model = try await services.arrivals.model(at: now)
        let folded = delivery.folded
        let isUnderway = !folded.status.isTerminal
        let prediction = isUnderway ? model.prediction(for: folded, at: now) : nil
        return Answer(cursor: snapshot.cursor) { json in
            json.object { json in
                json.member("promised", orNull: folded.promised)
                for source in ETASource.allCases where source != .predicted {
                    json.key(named: source.rawValue)
                    if let stated = folded.etas.first(where: { $0.eta.source == source }) {
                        json.object { json in
                            json.member("earliest", orNull: stated.eta.window.earliest)
                            json.member("latest", stated.eta.window.latest)
                            json.member("stated_at", stated.statedAt)
                        }
                    } else {
                        json.null()
                    }
                }
                json.key("predicted")
                prediction.write(at: now, to: &json)
                json.key("at_risk")
                if let promise = folded.promised, let prediction {
                    json.value(prediction.isAtRisk(promise.latest, at: now))
                } else {
                    json.null()
                }
            }
        }.response
    }
}

extension Optional<Prediction> {
    fileprivate func write(at now: Timestamp, to json: inout JSONWriter) {
        guard let prediction = self else { return json.null() }
        let window = prediction.window(at: now)
        json.object { json in
            json.member("earliest", window.earliest)
            json.member("latest", window.latest)
            json.member("expected", prediction.median(at: now))
            json.member("confidence", prediction.confidence)
            json.member("based_on", prediction.basis)
            json.member("samples", prediction.samples)
        }
    }
}
