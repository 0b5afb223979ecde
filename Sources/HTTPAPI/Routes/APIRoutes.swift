import Hummingbird
import WaybillCore
import WaybillEngine

/// The calls, by group; each group has a file of its own beside this one.
struct APIRoutes: Sendable {
    typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    let services: APIServices
    let settings: HTTPSettings
    let created = RecentCreations()

    func handler(for entry: RouteTable.Entry) -> Handler? {
        switch (entry.method, entry.path) {
        case ("GET", "/"): statusPage
        case ("GET", "/openapi.yaml"): openAPI
        case ("GET", "/sign-in"): signInPage
        case ("POST", "/sign-in"): signIn
        case ("GET", "/t/{token}"): trackingPage
        case ("POST", "/t/{token}"): trackingForm
        case ("GET", "/tracking.css"): trackingStyle
        case ("POST", "/v1/deliveries/{id}/tracking-links"): createTrackingLink
        case ("POST", "/v1/deliveries/{id}/tracking-links/revoke"): revokeTrackingLinks
        case ("POST", "/v1/simulations"): simulate
        case ("POST", "/v1/events"): postEvents
        case ("POST", "/v1/deliveries"): createDelivery
        case ("GET", "/v1/deliveries"): listDeliveries
        case ("GET", "/v1/deliveries/{id}"): getDelivery
        case ("PATCH", "/v1/deliveries/{id}"): updateDelivery
        case ("GET", "/v1/deliveries/{id}/events"): listDeliveryEvents
        case ("POST", "/v1/deliveries/{id}/actions"): actOnDelivery
        case ("GET", "/v1/stats"): getStats
        case ("GET", "/v1/stream"): stream
        case ("GET", "/v1/updates"): listUpdates
        case ("GET", "/v1/cases"): listCases
        case ("GET", "/v1/cases/counts"): countCases
        case ("POST", "/v1/cases/bulk"): actOnCases
        case ("GET", "/v1/cases/{id}"): getCase
        case ("POST", "/v1/cases/{id}/assign"): assignCase
        case ("POST", "/v1/cases/{id}/snooze"): snoozeCase
        case ("POST", "/v1/cases/{id}/note"): noteCase
        case ("POST", "/v1/cases/{id}/resolve"): resolveCase
        case ("POST", "/v1/cases/{id}/reopen"): reopenCase
        case ("GET", "/v1/deliveries/{id}/arrival"): getArrival
        case ("GET", "/v1/reports/deliveries"): reportDeliveries
        case ("GET", "/v1/reports/cases"): reportCases
        case ("GET", "/v1/dead-letters"): listDeadLetters
        case ("GET", "/v1/dead-letters/{id}"): getDeadLetter
        case ("POST", "/v1/dead-letters/{id}/retry"): retryDeadLetter
        case ("POST", "/v1/dead-letters/{id}/discard"): discardDeadLetter
        default: notificationHandler(for: entry)
        }
    }

    private func notificationHandler(for entry: RouteTable.Entry) -> Handler? {
        switch (entry.method, entry.path) {
        case ("GET", "/v1/deliveries/{id}/notifications"): listDeliveryNotifications
        case ("GET", "/v1/notifications"): listNotifications
        case ("GET", "/v1/notifications/{id}"): getNotification
        case ("GET", "/v1/notifications/{id}/attempts"): listAttempts
        case ("POST", "/v1/notifications/{id}/retry"): retryNotification
        case ("GET", "/v1/retry-schedule"): getRetrySchedule
        case ("GET", "/v1/webhook-endpoints"): listEndpoints
        case ("POST", "/v1/webhook-endpoints"): createEndpoint
        case ("GET", "/v1/webhook-endpoints/{id}"): getEndpoint
        case ("PATCH", "/v1/webhook-endpoints/{id}"): updateEndpoint
        case ("DELETE", "/v1/webhook-endpoints/{id}"): deleteEndpoint
        case ("POST", "/v1/webhook-endpoints/{id}/rotate-secret"): rotateSecret
        case ("POST", "/v1/webhook-endpoints/{id}/recover"): recoverEndpoint
        case ("GET", "/v1/notification-rules"): listRules
        case ("PUT", "/v1/notification-rules/{id}"): putRule
        case ("DELETE", "/v1/notification-rules/{id}"): deleteRule
        case ("GET", "/v1/templates"): listTemplates
        case ("POST", "/v1/templates/preview"): previewTemplate
        case ("PUT", "/v1/templates/{id}"): putTemplate
        case ("DELETE", "/v1/templates/{id}"): deleteTemplate
        case ("GET", "/v1/recipients/{id}"): getRecipient
        case ("PUT", "/v1/recipients/{id}"): putRecipient
        default: nil
        }
    }
}
