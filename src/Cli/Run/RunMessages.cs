using System.Text;
using Ledger.Cli.Shared;
using Ledger.Platform;

namespace Ledger.Cli.Run;

/// <summary>What the wrapper has to say, on standard error, which it shares with the command. Not through the Console class:
/// that would send the terminal control sequences of its own.</summary>
internal static class RunMessages
{
    private const int StandardError = 2;

    public static void Tell(string message) =>
        _ = Libc.WriteDescriptor(StandardError, Encoding.UTF8.GetBytes($"ledger run: {Texts.OneLine(message)}\n"));
}
