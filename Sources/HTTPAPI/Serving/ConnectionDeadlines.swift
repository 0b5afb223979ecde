import NIOCore
import NIOHTTPTypes

/// Closes connections that dawdle: a header, a body, a pause between requests, or an answer that is not taken, each
/// has its time.
///
/// It sees whole HTTP parts, so a header that drips in byte by byte does not reset its deadline, and neither does a
/// slow body.
final class ConnectionDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let header: TimeAmount
    private let body: TimeAmount
    private let idle: TimeAmount
    private let stall: TimeAmount
    private var reading: Scheduled<Void>?
    private var stalled: Scheduled<Void>?

    init(_ settings: HTTPSettings) {
        header = .seconds(settings.headerSeconds)
        body = .seconds(settings.bodySeconds)
        idle = .seconds(settings.idleSeconds)
        stall = .seconds(settings.writeStallSeconds)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { expect(within: header, context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        expect(within: header, context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: expect(within: body, context)
        case .body: break
        case .end: reading?.cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { expect(within: idle, context) }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stalled?.cancel()
        if !context.channel.isWritable { stalled = close(after: stall, context) }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        reading?.cancel()
        stalled?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        reading?.cancel()
        stalled?.cancel()
    }

    private func expect(within time: TimeAmount, _ context: ChannelHandlerContext) {
        reading?.cancel()
        reading = close(after: time, context)
    }

    private func close(after time: TimeAmount, _ context: ChannelHandlerContext) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: time) { channel.close(mode: .all, promise: nil) }
    }
}
