import Foundation
import Glibc
import Hummingbird
import NIOCore

/// A Hummingbird route that reads its body and answers a constant: what the web framework alone costs.
///
/// It runs as a process of its own (`waybill-bench bare-route PORT`), so that it is measured like the product.
enum BareRoute {
    static func serve(port: Int) async throws {
        let router = Router()
        let answer = ByteBuffer(string: #"{"accepted":1,"ids":["b-000-0000000000000000"],"rejected":[]}"#)
        router.post("/v1/events") { request, _ in
            _ = try await request.body.collect(upTo: 1 << 20)
            return Response(
                status: .accepted, headers: [.contentType: "application/json"], body: .init(byteBuffer: answer))
        }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
        try await application.runService()
    }

    struct Measured {
        var load: LoadResult
        var cpuMicroseconds: Double
    }

    /// Starts it, loads it with single posts over 64 connections, and ends it.
    static func measure(seconds: Double) throws -> Measured {
        let port = try Server.freePort()
        let process = try Server.spawn(CommandLine.arguments[0], ["bare-route", "\(port)"], output: "/dev/null")
        defer {
            kill(process, SIGKILL)
            var status: Int32 = 0
            waitpid(process, &status, 0)
        }
        for _ in 0..<500 {
            if let session = try? Session(port: port) {
                close(session.descriptor)
                break
            }
            usleep(10_000)
        }
        var requests = EventRequests(EventSource(deliveries: 5000, run: 0), batch: 1, port: port)
        var number = 0
        let loop = ClosedLoop(port: port)
        let write = { (request: inout [UInt8]) in
            requests.write(from: number, to: &request)
            number += 1
        }
        _ = try loop.run(seconds: 1, write)
        let before = Server.cpuSeconds(of: process)
        let load = try loop.run(seconds: seconds, write)
        let cpu = Server.cpuSeconds(of: process) - before
        return Measured(load: load, cpuMicroseconds: cpu * 1e6 / Double(max(load.requests, 1)))
    }
}
