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
    /// When the client must have sent, or taken, what it owes next.
    private var reading: NIODeadline?
    private var writing: NIODeadline?
    /// One timer a connection. It is seldom moved: a deadline passes it by far more often than it comes due.
    private var timer: (due: NIODeadline, task: Scheduled<Void>)?

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
        case .end: reading = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { expect(within: idle, context) }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writing = context.channel.isWritable ? nil : context.eventLoop.now + stall
        watch(context)
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.task.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.task.cancel() }

    private func expect(within time: TimeAmount, _ context: ChannelHandlerContext) {
        reading = context.eventLoop.now + time
        watch(context)
    }

    /// Sees to it that the timer is due no later than the first deadline.
    private func watch(_ context: ChannelHandlerContext) {
        let first = min(reading ?? .distantFuture, writing ?? .distantFuture)
        guard first < timer?.due ?? .distantFuture else { return }
        timer?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: first) { self.timerIsDue(context) }
        timer = (first, task)
    }

    private func timerIsDue(_ context: ChannelHandlerContext) {
        timer = nil
        let first = min(reading ?? .distantFuture, writing ?? .distantFuture)
        if first <= context.eventLoop.now { context.channel.close(promise: nil) } else { watch(context) }
    }
}
