namespace Ledger.Runtime;

/// <summary>Who in one process needs an operation's replica: handles, with which membership ends, and mere visitors. Once
/// retired it is given to nobody any more, so that nobody gets what is being closed.</summary>
internal sealed class Holds
{
    private readonly Lock gate = new();
    private int handles;
    private int visits;
    private bool retired;

    /// <summary>Takes one, unless it is retired.</summary>
    public bool TryTake(bool visit)
    {
        lock (gate)
        {
            if (retired) return false;
            if (visit) visits++;
            else handles++;
            return true;
        }
    }

    /// <summary>Gives one back. True when it was the last handle.</summary>
    public bool GiveBack(bool visit)
    {
        lock (gate)
        {
            if (visit) visits--;
            else handles--;
            return !visit && handles == 0;
        }
    }

    /// <summary>True while somebody takes part through it.</summary>
    public bool AnyHandle
    {
        get
        {
            lock (gate) return handles > 0;
        }
    }

    /// <summary>Retires it if nobody needs it; true for one caller only.</summary>
    public bool TryRetire()
    {
        lock (gate)
        {
            if (retired || handles > 0 || visits > 0) return false;
            retired = true;
            return true;
        }
    }
}
