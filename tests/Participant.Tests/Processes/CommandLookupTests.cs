using Ledger.Hosting.Processes;

namespace Ledger.Hosting.Tests.Processes;

public sealed class CommandLookupTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ledger-lookup-").FullName;

    public CommandLookupTests()
    {
        Make("one/plain", UnixFileMode.UserRead);
        Make("two/plain", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Make("one/text", UnixFileMode.UserRead);
        Directory.CreateDirectory(Path.Combine(_root, "one", "folder"));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [LinuxFact]
    public void The_first_executable_file_along_the_path_is_found()
    {
        Assert.Equal(new CommandLookup(CommandFound.Yes, $"{_root}/two/plain"), Find("plain"));
    }

    [LinuxFact]
    public void What_is_there_but_cannot_be_executed_is_told_apart_from_what_is_not_there()
    {
        Assert.Equal(new CommandLookup(CommandFound.NotExecutable, $"{_root}/one/text"), Find("text"));
        Assert.Equal(CommandFound.NotExecutable, Find("folder").Found);
        Assert.Equal(new CommandLookup(CommandFound.NotFound, null), Find("missing"));
        Assert.Equal(CommandFound.NotFound, Find("").Found);
    }

    [LinuxFact]
    public void A_command_with_a_slash_is_not_searched_for()
    {
        Assert.Equal(CommandFound.Yes, Find($"{_root}/two/plain").Found);
        Assert.Equal(CommandFound.NotExecutable, Find($"{_root}/one/text").Found);
        Assert.Equal(CommandFound.NotExecutable, Find($"{_root}/one").Found);
        Assert.Equal(new CommandLookup(CommandFound.NotFound, null), Find($"{_root}/two/plain/below"));
    }

    [LinuxFact]
    public void Without_a_path_the_usual_places_are_searched() =>
        Assert.Equal(CommandFound.Yes, CommandLookup.Find("sh", null).Found);

    private CommandLookup Find(string command) =>
        CommandLookup.Find(command, $"{_root}/nowhere:{_root}/one/text:{_root}/one:{_root}/two");

    private void Make(string name, UnixFileMode mode)
    {
        var path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }
}
