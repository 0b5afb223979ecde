import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import WaybillCore
import WaybillEngine

/// Builds the two servers: the API, and the admin port for probes and metrics.
package enum APIServer {
    /// - Parameter onListening: called with the port once it is bound; 0 in the settings lets the system choose.
    package static func api(
        _ services: APIServices, _ settings: HTTPSettings, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void
    ) -> some ApplicationProtocol {
        let router = Router(context: APIContext.self)
        router.add(middleware: Gateway(settings, observer: services.observer))
        RouteTable.register(APIRoutes(services: services, settings: settings), on: router)
        if let files = services.dashboard { DashboardRoutes(files, settings).register(on: router) }
        return Application(
            router: router, server: server(settings), configuration: configuration(settings, port: settings.port),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? settings.port) },
            logger: logger)
    }

    package static func admin(
        _ gauges: any Gauges, _ settings: HTTPSettings, health: any Health, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void
    ) -> some ApplicationProtocol {
        let router = Router()
        router.get("/live") { _, _ in Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "live\n"))) }
        router.get("/ready") { _, _ in
            let faults = await health.faults()
            return Response(
                status: faults.isEmpty ? .ok : .serviceUnavailable,
                body: .init(
                    byteBuffer: ByteBuffer(string: faults.isEmpty ? "ready\n" : faults.joined(separator: "\n") + "\n")))
        }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: gauges.prometheus())))
        }
        return Application(
            router: router, server: server(settings), configuration: configuration(settings, port: settings.adminPort),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? settings.adminPort) },
            logger: logger)
    }

    private static func server(_ settings: HTTPSettings) -> HTTPServerBuilder {
        .http1(
            configuration: .init(
                additionalChannelHandlers: [ConnectionDeadlines(settings)],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: Limits.headerBytes, maxHeaderListSize: Limits.headerBytes,
                    maxHeaderFieldCount: Limits.headerCount)))
    }

    private static func configuration(_ settings: HTTPSettings, port: Int) -> ApplicationConfiguration {
        ApplicationConfiguration(
            address: .hostname(settings.host, port: port), backlog: 1024,
            availableConnectionsDelegate: MaximumAvailableConnections(Limits.connections))
    }
}

/// Whether this process can do its work now: what `/ready` answers.
package protocol Health: Sendable {
    /// What is wrong, in words; empty when ready.
    func faults() async -> [String]
}
