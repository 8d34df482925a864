using Ledger.Soak;

// Many real participants on one ledger, killed and stopped at random; see doc/design/soak.md. Exit code 0: every operation
// ended, nothing bad was found, memory and file handles stayed flat; 1: not so; 2: usage.
if (args is ["participant", var path, var id, var seed]) return await Load.RunAsync(path, id, int.Parse(seed, null));
if (SoakOptions.TryParse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(SoakOptions.Usage);
    return 2;
}

var isWell = true;
var directory = Directory.CreateTempSubdirectory("ledger-soak-");
try
{
    var report = await Driver.RunAsync(options, Path.Combine(directory.FullName, "ledger"));
    Console.WriteLine(options.Json ? report.ToJson() : report.ToText());
    isWell = report.Faults.Count == 0;
    return isWell ? 0 : 1;
}
finally
{
    if (isWell || !options.Keep) directory.Delete(recursive: true);
    else await Console.Error.WriteLineAsync($"The ledger is kept: {directory.FullName}");
}
