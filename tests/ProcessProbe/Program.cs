using Ledger.Hosting.Processes;
using Ledger.Platform;
using Microsoft.Win32.SafeHandles;

namespace Ledger.ProcessProbe;

/// <summary>A wrapper that tests start, stop and kill: <c>[hold|run|tty] PATH [ARGUMENTS...]</c>. Says <c>started PID</c>,
/// and <c>exited CODE</c>. <c>hold</c> never releases the command; <c>tty</c> hands it the terminal and stops with it.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        ChildCommand.ReceiveExits();
        var mode = arguments[0];
        if (mode == "program") return await Supervised.Run(arguments[1..]);
        if (mode == "host") return await Hosted.Run(arguments[1..]);
        // The Console class would send the terminal control sequences of its own.
        await using var plain = new StreamWriter(new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, 0))
        {
            AutoFlush = true,
        };
        var output = TextWriter.Synchronized(plain);
        var terminal = mode == "tty" ? TerminalForeground.TryGet() : null;
        var options = new ChildCommandOptions { Path = arguments[1], Arguments = arguments[2..] };
        using var command = ChildCommand.Start(options, error => Console.Error.WriteLine(error));
        if (mode == "tty") output.WriteLine(terminal is null ? "no terminal" : "terminal");
        command.Stopped += signal =>
        {
            output.WriteLine($"stopped {signal}");
            if (terminal?.TakeBack() != true) return;
            Libc.Raise(Signals.Stop);
            output.WriteLine("resumed");
            terminal.Give(command.Pgid);
            command.Signal(Signals.Continue);
        };
        command.Continued += () => output.WriteLine("continued");
        output.WriteLine($"started {command.Pid}");
        terminal?.Give(command.Pgid);
        if (mode != "hold") command.Release();
        var status = await command.WaitAsync(CancellationToken.None);
        terminal?.TakeBack();
        if (terminal is not null) output.WriteLine(TerminalForeground.TryGet() is null ? "terminal lost" : "terminal back");
        output.WriteLine($"exited {status.Code}");
        return status.Code;
    }
}
