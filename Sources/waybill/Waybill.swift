import ArgumentParser

/// The program.
@main
struct Waybill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waybill", abstract: "Delivery tracking.", subcommands: [Simulate.self])
}
