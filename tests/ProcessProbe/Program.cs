using Ledger.Hosting.Processes;

namespace Ledger.ProcessProbe;

/// <summary>A wrapper that tests start, stop and kill: <c>[hold|run|tty] PATH [ARGUMENTS...]</c>. Says <c>started PID</c>,
/// and <c>exited CODE</c>. <c>hold</c> never releases the command; <c>tty</c> hands it the terminal and stops with it.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        ChildCommand.ReceiveExits();
        var mode = arguments[0];
        var terminal = mode == "tty" ? TerminalForeground.TryGet() : null;
        var options = new ChildCommandOptions { Path = arguments[1], Arguments = arguments[2..] };
        using var command = ChildCommand.Start(options, error => Console.Error.WriteLine(error));
        if (mode == "tty") Console.WriteLine(terminal is null ? "no terminal" : "terminal");
        command.Stopped += signal =>
        {
            Console.WriteLine($"stopped {signal}");
            terminal?.StopWith(command, () => Console.WriteLine("stopping"), () => Console.WriteLine("resumed"));
        };
        command.Continued += () => Console.WriteLine("continued");
        Console.WriteLine($"started {command.Pid}");
        terminal?.Give(command.Pgid);
        if (mode != "hold") command.Release();
        var status = await command.WaitAsync(CancellationToken.None);
        terminal?.TakeBack();
        if (terminal is not null) Console.WriteLine(TerminalForeground.TryGet() is null ? "terminal lost" : "terminal back");
        Console.WriteLine($"exited {status.Code}");
        return status.Code;
    }
}
