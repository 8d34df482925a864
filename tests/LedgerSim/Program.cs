using Ledger.Sim;
using Ledger.Testing.Simulation;

// Simulated ledgers from seeds; see doc/design/simulator.md. Exit code 0: every property held; 1: the report says which did not;
// 2: usage.
if (args is ["--list-mutations"])
{
    foreach (var known in Mutations.All) Console.WriteLine($"{known.Name}: {known.What}");
    return 0;
}
if (SimRequest.TryParse(args) is not { } request || (request.Mutation is { } asked && Mutations.Find(asked) is null))
{
    await Console.Error.WriteLineAsync(SimRequest.Usage);
    return 2;
}

var mutation = request.Mutation is { } name ? Mutations.Find(name) : null;
var simulator = Mutations.Simulate(mutation, request.Groups || mutation is { Groups: true }, request.Steps);
return request.Replay is { } seed ? Reports.Replay(simulator, seed) : Reports.RunAll(simulator, request);
