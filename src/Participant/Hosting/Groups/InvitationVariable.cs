using Ledger.Groups;
using Ledger.Model;

namespace Ledger.Hosting;

/// <summary>An invitation as it is handed over: <c>ID:TOKEN</c> in a variable, which no other user can read, and not among the
/// arguments, which everyone can.</summary>
internal static class InvitationVariable
{
    public const string Name = "LEDGER_INVITATION";

    /// <summary>As one word.</summary>
    public static string Write(GroupInvitation invitation) => $"{invitation.InviteId}:{invitation.Token}";

    /// <summary>Null when there is none.</summary>
    /// <exception cref="ArgumentException">It is none; its text is not repeated.</exception>
    public static GroupInvitation? Read(Func<string, string?> variable) =>
        variable(Name) is { Length: > 0 } text ? Parse(text, Name) : null;

    /// <summary>Of one word; <paramref name="where"/> says what it was found in.</summary>
    /// <exception cref="ArgumentException">It is none; its text is not repeated.</exception>
    public static GroupInvitation Parse(string text, string where)
    {
        var end = text.IndexOf(':', StringComparison.Ordinal);
        if (end <= 0 || end == text.Length - 1) throw new ArgumentException($"{where} is no invitation: it should be ID:TOKEN, as 'ledger invite' prints it.");
        return new GroupInvitation(Identifier.Require(text[..end], $"invitation id ({where})"), text[(end + 1)..]);
    }

    /// <summary>Once it is read, nothing that this process starts gets it.</summary>
    public static void Forget() => Environment.SetEnvironmentVariable(Name, null);
}
