/// Every port of the engine at once: what a backend is.
package typealias WholeStore = TrackingStore & ReadStore & DeadLetterStore & PersonalStore & MaintenanceStore
    & DeskStore
