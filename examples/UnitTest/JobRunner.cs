using System.IO.Abstractions;
using Ledger;
using Ledger.Model;

namespace UnitTestExample;

/// <summary>How a job ended.</summary>
internal sealed record JobResult(bool Succeeded, string Text);

/// <summary>The code under test: hands a job to a bridge in another process, with a workspace on disk, and cleans up
/// whatever happens to the bridge. It takes its file system, as every testable class does.</summary>
internal sealed class JobRunner(LedgerParticipant participant, IFileSystem files, IEditor editor)
{
    /// <summary>The call that a bridge works beneath.</summary>
    public const string Call = "job";

    public async Task<JobResult> RunAsync(string jobId, string workspace, CancellationToken cancellationToken = default)
    {
        await using var operation = await participant.CreateOperationAsync(jobId, cancellationToken: cancellationToken);
        var call = await operation.StartCallAsync(Call, cancellationToken: cancellationToken);
        await call.RegisterPathAsync(workspace, directory: true, deleteAtEnd: true, cancellationToken: cancellationToken);
        files.Directory.CreateDirectory(workspace);
        await files.File.WriteAllTextAsync(files.Path.Combine(workspace, "input.txt"), jobId, cancellationToken);
        try
        {
            var text = await operation.GuardAsync(
                token => editor.AnswerAsync(jobId, token), call, cancellationToken: cancellationToken);
            await call.EndAsync(cancellationToken);
            // The bridge answers before its own call has ended.
            await operation.WaitForEmptyStackAsync(cancellationToken);
            await operation.CompleteAsync(cancellationToken);
            return new JobResult(true, text);
        }
        catch (LedgerException e) when (e is CalleeCrashedException or ProposalRejectedException)
        {
            // Refused: the bridge crashed behind its answer, and the operation has failed all the same.
            var end = await operation.WaitForTerminalAsync(cancellationToken);
            return new JobResult(false, $"{end.Cause}");
        }
        finally
        {
            await editor.CloseAsync();
        }
    }
}

/// <summary>What the job runner needs of the world beside the ledger.</summary>
internal interface IEditor
{
    /// <summary>The bridge's answer, when it comes.</summary>
    Task<string> AnswerAsync(string jobId, CancellationToken cancellationToken);

    /// <summary>Closes what was opened for the job.</summary>
    ValueTask CloseAsync();
}
