import ArgumentParser

/// The program: everything an operator does is a subcommand.
@main
struct Waybill: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "waybill",
        abstract: "Real-time delivery tracking: events in, states out, everyone sees.",
        version: version,
        subcommands: [
            Serve.self, Simulate.self, Migrate.self, TopicsCommand.self, Rebuild.self, Export.self, Import.self,
            DeadLetters.self, Rules.self,
            Doctor.self,
        ])
}
