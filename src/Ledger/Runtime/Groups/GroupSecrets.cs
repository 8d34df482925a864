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
        ledger.Disk.CreateDirectory(ledger.Layout.Secrets);
        var name = $"{groupId}~{supervisorId}~{ledger.NewHex(16)}.json";
        var text = SecretsCodec.Write(values);
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > MaxBytes)
            throw new LedgerException($"The environment of supervisor '{supervisorId}' has {bytes.Length} bytes, over the limit of {MaxBytes}.");
        ledger.Disk.Replace(PathOf(ledger, name), bytes);
        return name;
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

    public static void Forget(LedgerContext ledger, string name) => ledger.Disk.Delete(PathOf(ledger, name));

    /// <summary>True for a file that no supervisor of its group is registered with.</summary>
    public static bool IsUnused(LedgerContext ledger, string name)
    {
        var group = name.Split('~')[0];
        if (!Identifier.IsValid(group)) return false;
        if (!ledger.Segments.Reaches(group, 1)) return true;
        return GroupOpenings.Read(ledger, group).Supervisors.Values.All(x => x.Settings.StartInfo?.EnvironmentFile != name);
    }

    /// <summary>Entries are others' writing: a name must not lead out of the directory.</summary>
    private static string PathOf(LedgerContext ledger, string name) =>
        name.Split('~') is [var group, var id, var rest] && Identifier.IsValid(group) && Identifier.IsValid(id) && Identifier.IsValid(rest)
            ? Path.Combine(ledger.Layout.Secrets, name)
            : throw new LedgerStorageException(ledger.Layout.Secrets, $"'{name}' names no file of a supervisor's environment");
}
