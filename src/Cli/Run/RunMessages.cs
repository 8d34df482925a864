using System.Text;
using Ledger.Cli.Shared;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Cli.Run;

/// <summary>What the wrapper has to say, on standard error, which it shares with the command. Not through the Console class:
/// that would send the terminal control sequences of its own.</summary>
internal static class RunMessages
{
    private const int StandardError = 2;
    private const int MostNames = 10;

    public static void Tell(string message) =>
        _ = Libc.WriteDescriptor(StandardError, Encoding.UTF8.GetBytes($"ledger run: {Texts.OneLine(message)}\n"));

    /// <summary>Calls as a person knows them; of many, the first.</summary>
    public static string Names(IEnumerable<Frame> frames)
    {
        var all = frames.ToList();
        var names = all.Take(MostNames).Select(frame => $"{frame.CallId} ({frame.ParticipantId})");
        return string.Join(", ", names) + (all.Count > MostNames ? $" and {all.Count - MostNames} more" : "");
    }
}
