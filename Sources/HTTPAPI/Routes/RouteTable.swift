import HTTPTypes
import Hummingbird

/// Every call of the API. `openapi.yaml` describes exactly these; a test says so.
package enum RouteTable {
    package struct Entry: Hashable, Sendable {
        package var method: String
        package var path: String
    }

    package static let entries: [Entry] =
        [
            Entry(method: "GET", path: "/"),
            Entry(method: "GET", path: "/openapi.yaml"),
            Entry(method: "GET", path: "/sign-in"),
            Entry(method: "POST", path: "/sign-in"),
            Entry(method: "GET", path: "/t/{token}"),
            Entry(method: "POST", path: "/t/{token}"),
            Entry(method: "GET", path: "/tracking.css"),
            Entry(method: "POST", path: "/v1/deliveries/{id}/tracking-links"),
            Entry(method: "POST", path: "/v1/deliveries/{id}/tracking-links/revoke"),
            Entry(method: "POST", path: "/v1/simulations"),
            Entry(method: "POST", path: "/v1/events"),
            Entry(method: "POST", path: "/v1/deliveries"),
            Entry(method: "GET", path: "/v1/deliveries"),
            Entry(method: "GET", path: "/v1/deliveries/{id}"),
            Entry(method: "PATCH", path: "/v1/deliveries/{id}"),
            Entry(method: "GET", path: "/v1/deliveries/{id}/events"),
            Entry(method: "POST", path: "/v1/deliveries/{id}/actions"),
            Entry(method: "GET", path: "/v1/stats"),
            Entry(method: "GET", path: "/v1/stream"),
            Entry(method: "GET", path: "/v1/updates"),
            Entry(method: "GET", path: "/v1/cases"),
            Entry(method: "GET", path: "/v1/cases/counts"),
            Entry(method: "POST", path: "/v1/cases/bulk"),
            Entry(method: "GET", path: "/v1/cases/{id}"),
            Entry(method: "POST", path: "/v1/cases/{id}/assign"),
            Entry(method: "POST", path: "/v1/cases/{id}/snooze"),
            Entry(method: "POST", path: "/v1/cases/{id}/note"),
            Entry(method: "POST", path: "/v1/cases/{id}/resolve"),
            Entry(method: "POST", path: "/v1/cases/{id}/reopen"),
            Entry(method: "GET", path: "/v1/deliveries/{id}/arrival"),
            Entry(method: "GET", path: "/v1/reports/deliveries"),
            Entry(method: "GET", path: "/v1/reports/cases"),
            Entry(method: "GET", path: "/v1/dead-letters"),
            Entry(method: "GET", path: "/v1/dead-letters/{id}"),
            Entry(method: "POST", path: "/v1/dead-letters/{id}/retry"),
            Entry(method: "POST", path: "/v1/dead-letters/{id}/discard"),
        ] + notifications

    private static let notifications: [Entry] = [
        Entry(method: "GET", path: "/v1/deliveries/{id}/notifications"),
        Entry(method: "GET", path: "/v1/notifications"),
        Entry(method: "GET", path: "/v1/notifications/{id}"),
        Entry(method: "GET", path: "/v1/notifications/{id}/attempts"),
        Entry(method: "POST", path: "/v1/notifications/{id}/retry"),
        Entry(method: "GET", path: "/v1/retry-schedule"),
        Entry(method: "GET", path: "/v1/webhook-endpoints"),
        Entry(method: "POST", path: "/v1/webhook-endpoints"),
        Entry(method: "GET", path: "/v1/webhook-endpoints/{id}"),
        Entry(method: "PATCH", path: "/v1/webhook-endpoints/{id}"),
        Entry(method: "DELETE", path: "/v1/webhook-endpoints/{id}"),
        Entry(method: "POST", path: "/v1/webhook-endpoints/{id}/rotate-secret"),
        Entry(method: "POST", path: "/v1/webhook-endpoints/{id}/recover"),
        Entry(method: "GET", path: "/v1/notification-rules"),
        Entry(method: "PUT", path: "/v1/notification-rules/{id}"),
        Entry(method: "DELETE", path: "/v1/notification-rules/{id}"),
        Entry(method: "GET", path: "/v1/templates"),
        Entry(method: "POST", path: "/v1/templates/preview"),
        Entry(method: "PUT", path: "/v1/templates/{id}"),
        Entry(method: "DELETE", path: "/v1/templates/{id}"),
        Entry(method: "GET", path: "/v1/recipients/{id}"),
        Entry(method: "PUT", path: "/v1/recipients/{id}"),
    ]

    /// Registers each entry with the handler that `APIRoutes` has for it.
    static func register(_ routes: APIRoutes, on router: Router<APIContext>) {
        for entry in entries {
            guard let method = HTTPRequest.Method(entry.method), let handler = routes.handler(for: entry) else {
                preconditionFailure("no handler for \(entry.method) \(entry.path)")
            }
            router.on(RouterPath(stringLiteral: entry.path), method: method, use: handler)
        }
    }
}
