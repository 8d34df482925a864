using Ledger.Hosting.Supervision;
using Ledger.Platform.Programs;

namespace Ledger.ProcessProbe;

/// <summary>An owner of a program: <c>program MODE hold|run LEDGER GROUP SUPERVISOR RUN COMMAND [ARGUMENTS...]</c>. Says
/// <c>started PID</c>, and lives until its program ends.</summary>
internal static class Supervised
{
    public static async Task<int> Run(string[] arguments)
    {
        const int words = 6;
        var host = new ProgramHost(error => Console.Error.WriteLine(error));
        var spawn = host.Spawn(new ProgramStart
        {
            Mode = ProgramModes.Of(arguments[0]) ?? throw new ArgumentException($"'{arguments[0]}' is no mode."),
            Owner = new ProgramOwner(arguments[2], arguments[3], arguments[4], arguments[5]),
            Words = arguments[words..],
            Output = ProgramOutput.Null,
        });
        if (spawn.Program is not { } program) throw new InvalidOperationException(spawn.Failure?.Reason);
        using (program)
        {
            Console.WriteLine($"started {program.Identity.Pid}");
            if (arguments[1] == "run") program.Release();
            return await program.WaitAsync(CancellationToken.None);
        }
    }
}
