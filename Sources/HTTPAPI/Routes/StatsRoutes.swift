import Hummingbird
import WaybillCore
import WaybillEngine

extension APIRoutes {
    @Sendable func getStats(_ request: Request, _ context: APIContext) async throws -> Response {
        let snapshot = try await services.reads.counters(context.merchant)
        let counters = snapshot.value
        let cases = try await services.desk.caseCounts(context.merchant, at: services.time.now()).value
        let now = services.time.now()
        // The store's numbers are worth having also while nobody can say what waits in the log.
        let lag = try? await services.lag.read()
        let byStatus = Status.allCases.map { ($0, counters[Counters.status($0)] ?? 0) }
        let inTime = counters[Counters.deliveredInTime] ?? 0
        let late = counters[Counters.deliveredLate] ?? 0
        return Answer(cursor: snapshot.cursor) { json in
            json.object { json in
                json.key("deliveries")
                json.object { json in
                    json.member("total", byStatus.reduce(0) { $0 + $1.1 })
                    json.key("by_status")
                    json.object { json in
                        for (status, count) in byStatus {
                            json.key(named: status.rawValue)
                            json.value(count)
                        }
                    }
                }
                json.key("cases")
                json.object { json in
                    for kind in CaseKind.allCases {
                        let count = cases.reduce(0) { $0 + ($1.kind == kind ? $1.count : 0) }
                        guard count > 0 else { continue }
                        json.key(named: kind.rawValue)
                        json.value(count)
                    }
                }
                json.key("on_time")
                json.object { json in
                    json.member("delivered", inTime + late)
                    json.member("in_time", inTime)
                    json.member("late", late)
                    json.key("rate")
                    if inTime + late > 0 { json.value(Double(inTime) / Double(inTime + late)) } else { json.null() }
                }
                json.member("events_per_second", services.gauges.eventsPerSecond(at: now))
                json.key("lag")
                if let lag {
                    json.object { json in
                        json.member("records", lag.records)
                        json.member("seconds", lag.seconds(at: now))
                    }
                } else {
                    json.null()
                }
                json.member("dead_letters", counters["dead_letters"] ?? 0)
            }
        }.response
    }
}
