using System.CommandLine;
using System.Text.Json;
using Ledger.Cli.Shared;
using Ledger.Groups;
using Ledger.Log;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Cli.Groups;

/// <summary><c>ledger send</c>: a command to a member of a group, and its one outcome.</summary>
internal static class SendCommand
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(10);
    private static readonly Option<string> Group = GroupArguments.Group();
    private static readonly Argument<string> Member = new("MEMBER") { Description = "Participant id of the member.", HelpName = "MEMBER" };
    private static readonly Argument<string> Name = new("COMMAND") { Description = "What it is to do.", HelpName = "COMMAND" };
    private static readonly Argument<string?> Arguments = new("JSON")
    {
        Description = "Its arguments. Default: none.",
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "JSON",
    };

    private static readonly Option<TimeSpan?> Deadline = Durations.Option("--deadline", "How long it may take. Default: 10s.");
    private static readonly Option<string?> Id = new("--id")
    {
        Description = "The command's id: sent again under the same id it is done once, and answered alike. Default: a new one.",
        HelpName = "ID",
    };

    public static Command Create() => new Command("send", "Send a member of a group a command, and wait for its one outcome.")
        {
            Group,
            Member,
            Name,
            Arguments,
            Deadline,
            Id,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger send --group shop db backup",
            "ledger send --group shop web scale '{\"to\": 4}' --deadline 1m",
            "",
            "Exit codes: 0 done, 1 failed or refused, 124 expired.");

    /// <summary>The contract's object.</summary>
    public static string Json(CommandResult result) => JsonLines.Object(w =>
    {
        w.Field("commandId", result.CommandId).Field("outcome", Wire.Name(result.Status));
        w.WritePropertyName("result");
        if (result is { IsDone: true, Answer: { } answer }) w.WriteRawValue(answer);
        else w.WriteNull();
        w.Nullable("reason", result.IsDone ? null : result.Answer);
    });

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var group = Identifier.Require(invocation.Get(Group)!, "group id");
        var member = Identifier.Require(invocation.Get(Member)!, "participant id");
        var name = Identifier.Require(invocation.Get(Name)!, "command");
        var id = invocation.Get(Id) is { } given ? Identifier.Require(given, "command id") : null;
        var arguments = Checked(invocation.Get(Arguments));
        var ledger = await invocation.OpenAsync(cancellationToken);
        await using var participant = await ledger.JoinAsync("ledger-send", cancellationToken);
        var visited = await participant.VisitGroupAsync(group, cancellationToken);
        var result = await visited.SendAsync(
            member, name, arguments, invocation.Get(Deadline) ?? DefaultDeadline, id, cancellationToken);
        if (invocation.Json) invocation.Output.Line(Json(result));
        else if (!result.IsDone) invocation.Output.Note($"{Wire.Name(result.Status)}: {Explain(result.Answer, member, group)}");
        else if (result.Answer is { } answer) invocation.Output.Line(Texts.OneLine(answer));
        return result.Status switch
        {
            CommandStatus.Done => ExitCodes.Done,
            CommandStatus.Expired => ExitCodes.TimedOut,
            _ => ExitCodes.No,
        };
    }

    private static string? Explain(string? answer, string member, string group) => answer == "unknown"
        ? $"{answer}: no member '{member}'. 'ledger group {group}' names them"
        : answer;

    private static string? Checked(string? json)
    {
        try
        {
            if (json is not null) JsonDocument.Parse(json).Dispose();
            return json;
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"'{Texts.Short(json, 60)}' is not JSON: {e.Message.Split(" LineNumber:")[0]}", e);
        }
    }
}
