using System.Text;
using Ledger.Log;
using Ledger.Model;

namespace Ledger.Runtime.Groups;

/// <summary>Values of environment variables that supervisors are started with: in files that only their user can read, named
/// by the log and in no log themselves.</summary>
internal static class GroupSecrets
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>What every output shows in place of a value.</summary>
    public const string Hidden = "***";

    /// <summary>Keeps the values under a new name, which it returns.</summary>
    /// <exception cref="LedgerStorageException">They cannot be written.</exception>
    public static string Keep(
        LedgerContext ledger, string groupId, string supervisorId, IReadOnlyDictionary<string, string> values)
    {
        var name = $"{groupId}~{supervisorId}~{ledger.NewHex(16)}.json";
        Write(ledger, name, values);
        return name;
    }

    /// <summary>Keeps them again, if they were swept before an entry named them: somebody slept for long.</summary>
    public static void KeepAgain(LedgerContext ledger, string name, IReadOnlyDictionary<string, string> values)
    {
        if (ledger.Disk.Look(PathOf(ledger, name)) is null) Write(ledger, name, values);
    }

    /// <summary>The values that were kept under a name.</summary>
    /// <exception cref="LedgerStorageException">They are not there, or cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> Read(LedgerContext ledger, string name)
    {
        var path = PathOf(ledger, name);
        var bytes = ledger.Disk.ReadAll(path, MaxBytes)
            ?? throw new LedgerStorageException(path, "The values of a supervisor's environment are gone");
        try
        {
            return SecretsCodec.Read(Encoding.UTF8.GetString(bytes));
        }
        catch (FormatException e)
        {
            throw new LedgerStorageException(path, $"The values of a supervisor's environment cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The group that a file's name says; null when it is no such name.</summary>
    public static string? GroupOf(string name) =>
        name.Split('~') is [var group, var id, var rest] && Identifier.IsValid(group) && Identifier.IsValid(id) && Identifier.IsValid(rest)
            ? group : null;

    public static void Forget(LedgerContext ledger, string name) => ledger.Disk.Delete(PathOf(ledger, name));

    /// <summary>True for a file that no supervisor of its group is registered with.</summary>
    /// <exception cref="LedgerException">Its group cannot be read: nothing is known.</exception>
    public static bool IsUnused(LedgerContext ledger, string name)
    {
        if (GroupOf(name) is not { } group) return false;
        if (ledger.Segments.Reaches(group, 1))
            return GroupOpenings.Read(ledger, group).Supervisors.Values.All(x => x.Settings.StartInfo?.EnvironmentFile != name);
        ledger.RequireManifest();
        return true;
    }

    /// <summary>Where flushing was asked for, the values are on the disk before an entry names them.</summary>
    private static void Write(LedgerContext ledger, string name, IReadOnlyDictionary<string, string> values)
    {
        var bytes = Encoding.UTF8.GetBytes(SecretsCodec.Write(values));
        if (bytes.Length > MaxBytes)
            throw new LedgerException($"The values '{name}' have {bytes.Length} bytes, over the limit of {MaxBytes}.");
        var flush = ledger.Manifest.FlushBeforeAcknowledging;
        var directory = ledger.Layout.Secrets;
        ledger.Disk.CreateDirectory(directory);
        ledger.Disk.Replace(PathOf(ledger, name), bytes, flush);
        if (!flush) return;
        ledger.Disk.FlushDirectory(directory);
        ledger.Disk.FlushDirectory(ledger.Layout.Root);
    }

    /// <summary>Entries are others' writing: a name must not lead out of the directory.</summary>
    private static string PathOf(LedgerContext ledger, string name) => GroupOf(name) is not null
        ? Path.Combine(ledger.Layout.Secrets, name)
        : throw new LedgerStorageException(ledger.Layout.Secrets, $"'{name}' names no file of a supervisor's environment");
}
