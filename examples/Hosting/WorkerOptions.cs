namespace HostingExample;

/// <summary>The section <c>Worker</c> of <c>appsettings.json</c>.</summary>
internal sealed class WorkerOptions
{
    /// <summary>How many jobs to run; 0: until Ctrl-C.</summary>
    public int Jobs { get; set; }

    /// <summary>How long each step of a job takes.</summary>
    public TimeSpan StepTime { get; set; }
}
