using Ledger.Model;

namespace Ledger.Cli.Rendering;

/// <summary>Which colour means what.</summary>
internal static class Styles
{
    public const string Faint = "grey";
    public const string Good = "green";
    public const string Warning = "yellow";
    public const string Bad = "red";
    public const string Strong = "bold";
    public const string Name = "aqua";

    public static string Of(OperationStatus status) => status switch
    {
        OperationStatus.Running => "bold blue",
        OperationStatus.Cleanup => "bold yellow",
        OperationStatus.Failed => "bold red",
        _ => "bold green",
    };

    public static string Of(Grade grade) => grade switch
    {
        Grade.Alive => Good,
        Grade.Suspect => Warning,
        Grade.Dead => Bad,
        _ => Faint,
    };

    public static string Of(FrameStatus status) => status switch
    {
        FrameStatus.Active => "",
        FrameStatus.Crashed => Bad,
        _ => Faint,
    };

    /// <summary>A mark for a grade; its shape says it without colour, too.</summary>
    public static string Mark(Grade grade) => grade switch
    {
        Grade.Alive => "●",
        Grade.Suspect => "◐",
        Grade.Dead => "✗",
        _ => "?",
    };
}
